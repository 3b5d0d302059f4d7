package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/doctor"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// logger says what the user should know, on stderr, as text or as JSON lines.
// It is safe for concurrent use.
type logger struct {
	json  *slog.Logger // nil for text
	quiet bool

	mu     sync.Mutex
	screen *tty.Screen // its Writer is not always that of the program's stderr
}

func newLogger(s *tty.Screen, format string, quiet bool) *logger {
	own := *s
	l := &logger{screen: &own, quiet: quiet}
	if format == "json" {
		l.json = slog.New(slog.NewJSONHandler(s, nil))
	}
	return l
}

// through leads what is said to w, until restore is called. It is for the
// display, above which lines have to be put.
func (l *logger) through(w io.Writer) (restore func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.screen.Writer
	l.screen.Writer = w
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.screen.Writer = before
	}
}

// note tells how things go.
func (l *logger) note(format string, args ...any) {
	if l.quiet {
		return
	}
	text := fmt.Sprintf(format, args...)
	if l.json != nil {
		l.json.Info(text)
		return
	}
	l.say("%s", text)
}

// say writes one line.
func (l *logger) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.screen.Printf(format+"\n", args...)
}

// warn tells of a danger. It is not silenced by --quiet.
func (l *logger) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if l.json != nil {
		l.json.Warn(text)
		return
	}
	l.say("aiohttp: %s %s", l.screen.Paint(tty.Yellow, "warning:"), text)
}

// fail tells why the program ends, and what would mend it.
func (l *logger) fail(text, hint string) {
	if l.json != nil {
		if hint == "" {
			l.json.Error(text)
			return
		}
		l.json.Error(text, "hint", hint)
		return
	}
	l.say("%s %s", l.screen.Paint(tty.Red, "aiohttp:"), text)
	if hint != "" {
		l.say("%s %s", l.screen.Paint(tty.Cyan, "hint:"), hint)
	}
}

// usagef is an error in how the command was called.
func usagef(format string, args ...any) error {
	return &exit.Error{Code: exit.Usage, Err: fmt.Errorf(format, args...)}
}

// inputf is an error in what the command was given to read, or one of usage where
// flags exclude each other.
func inputf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if _, ok := errors.AsType[request.Conflict](err); ok {
		return &exit.Error{Code: exit.Usage, Err: err}
	}
	return &exit.Error{Code: exit.Input, Err: err}
}

func usageError(cmd *cobra.Command, err error) error {
	if cmd.HasParent() { // else the program's name stands there already
		err = fmt.Errorf("%s: %w", cmd.Name(), err)
	}
	return &exit.Error{Code: exit.Usage, Err: err, Hint: fmt.Sprintf("see %q", cmd.CommandPath()+" --help")}
}

// asUsage makes one line and a hint of an error of cobra's own, which has its
// suggestions on lines of their own.
func asUsage(err error) error {
	text, rest, _ := strings.Cut(err.Error(), "\n")
	hint := "see \"aiohttp --help\""
	if words := strings.Fields(rest); len(words) > 0 {
		hint = fmt.Sprintf("did you mean %q?", "aiohttp "+words[len(words)-1])
	}
	return &exit.Error{Code: exit.Usage, Err: errors.New(text), Hint: hint}
}

// oneArg is the argument check of the subcommands that take one argument, which
// is called what in the error.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return usageError(cmd, fmt.Errorf("want one %s, got %d", what, len(args)))
	}
}

// exclusive is the check that flag is not given together with one of others.
func exclusive(flag string, others ...string) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if !cmd.Flags().Changed(flag) {
			return nil
		}
		for _, other := range others {
			if cmd.Flags().Changed(other) {
				return usageError(cmd, fmt.Errorf("--%s and --%s exclude each other", flag, other))
			}
		}
		return nil
	}
}

// noArgs is the argument check of the subcommands that take none.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(cmd, fmt.Errorf("unexpected argument %q", args[0]))
}

// hint gives the line that tells what would mend err, empty if none is known.
func hint(err error) string {
	if e, ok := errors.AsType[*exit.Error](err); ok && e.Hint != "" {
		return e.Hint
	}
	var r interface{ Remedy() string }
	if errors.As(err, &r) {
		return r.Remedy()
	}
	if e, ok := errors.AsType[*connector.Error](err); ok && e.Timeout() {
		return "give it more time with --timeout, or see where it stops with \"aiohttp doctor\""
	}
	switch exit.Of(err) {
	case exit.Proxy:
		return doctor.ProxyRemedy(err)
	case exit.DNS:
		return "check the spelling of the host name, and the network"
	case exit.Connect:
		return "is the server running, and the port right? \"aiohttp doctor\" tries each address"
	}
	return ""
}
