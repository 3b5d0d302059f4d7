package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/interrupt"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// app is what the subcommands share.
type app struct {
	stdin  io.Reader
	stdout *tty.Screen
	stderr *tty.Screen
	stages *interrupt.Stages
	log    *logger
	global globalFlags

	// running is set once a subcommand has been entered: an error before that
	// is one of usage.
	running bool
}

// globalFlags are understood by every subcommand.
type globalFlags struct {
	color     string
	logFormat string
	quiet     bool
}

// run is the whole program; it gives the exit code.
func run() int {
	stages := interrupt.Listen(context.Background())
	defer stages.Close()
	a := &app{stdin: os.Stdin, stages: stages}
	a.openScreens(tty.Auto)
	err := a.root().ExecuteContext(stages.Context())
	return int(a.end(err))
}

// openScreens looks at the terminal anew, now that the user's wish is known.
func (a *app) openScreens(color tty.Color) {
	a.stdout = tty.Open(os.Stdout, color, os.LookupEnv)
	a.stderr = tty.Open(os.Stderr, color, os.LookupEnv)
	a.log = newLogger(a.stderr, a.global.logFormat, a.global.quiet)
}

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "aiohttp",
		Short: "Get one page, or any number of them at once",
		Long: `aiohttp gets one page or any number of them at once, shows where the time of
a request goes, and tells what is wrong with a connection.

Data goes to stdout, everything said about it to stderr.`,
		Example: `  aiohttp get https://peps.python.org/pep-8010/
  aiohttp fetch 'https://peps.python.org/pep-{8010..8016}/' -o peps
  aiohttp fetch --demo
  aiohttp doctor https://expired.badssl.com`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.applyGlobal() },
	}
	cmd.Version = readBuild().String()
	cmd.SetVersionTemplate("{{.Version}}\n")
	cmd.Flags().Bool("version", false, "print the version")
	f := cmd.PersistentFlags()
	f.StringVar(&a.global.color, "color", "auto", "colours: `when` is auto, always or never")
	f.StringVar(&a.global.logFormat, "log-format", "text", "`format` of what is said on stderr: text or json")
	f.BoolVarP(&a.global.quiet, "quiet", "q", false, "say nothing on stderr but errors")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError(c, err) })
	cmd.AddCommand(a.getCommand(), a.fetchCommand(), a.doctorCommand(), a.httpbinCommand(),
		a.versionCommand(), a.manCommand())
	cmd.AddCommand(topics()...)
	cmd.InitDefaultCompletionCmd()
	cmd.InitDefaultHelpCmd()
	strict(cmd)
	cmd.SetUsageFunc(printUsage)
	return cmd
}

func (a *app) applyGlobal() error {
	switch c := tty.Color(a.global.color); c {
	case tty.Auto, tty.Always, tty.Never:
	default:
		return usagef("--color %s: want auto, always or never", c)
	}
	switch a.global.logFormat {
	case "text", "json":
	default:
		return usagef("--log-format %s: want text or json", a.global.logFormat)
	}
	a.openScreens(tty.Color(a.global.color))
	return nil
}

// action makes f the body of a subcommand.
func (a *app) action(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.running = true
		return f(cmd.Context(), args)
	}
}

// end reports err and gives the exit code.
func (a *app) end(err error) exit.Code {
	if err == nil {
		err = a.stdout.Err()
	}
	if err == nil {
		return exit.OK
	}
	if code := a.stages.Code(); code != exit.OK {
		e, _ := errors.AsType[*exit.Error](err)
		if e == nil {
			e = &exit.Error{}
		}
		a.log.fail(interruption(code), e.Hint)
		return code
	}
	code := exit.Of(err)
	if code == exit.Failed && !a.running {
		code, err = exit.Usage, asUsage(err)
	}
	if silent(err) {
		return code
	}
	a.log.fail(tty.Clean(err.Error()), hint(err))
	return code
}

// silent holds for an error that only brings an exit code: the user has been told.
func silent(err error) bool {
	e, ok := err.(*exit.Error)
	return ok && e.Err == nil
}

func interruption(code exit.Code) string {
	if code == exit.Terminated {
		return "terminated"
	}
	return "interrupted"
}
