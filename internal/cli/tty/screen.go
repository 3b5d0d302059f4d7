// Package tty tells what the screen behind a stream can show, and writes text
// for it.
//
// Colours are given up where the stream is no terminal, where NO_COLOR is set
// or TERM is "dumb"; characters beyond ASCII where the locale is not UTF-8.
// Windows consoles without escape sequences are not recognised.
package tty

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// DefaultWidth is the width in columns of what is no terminal.
const DefaultWidth = 80

// Color is the user's wish about colours.
type Color string

// The three wishes. The empty string means Auto.
const (
	Auto   Color = "auto"   // where the stream is a terminal and NO_COLOR is not set
	Always Color = "always" // even into a file
	Never  Color = "never"
)

// Screen is one output stream together with what it can show. It is not safe
// for concurrent writes beyond what its stream is.
type Screen struct {
	io.Writer

	// Terminal tells whether a person may be looking at the stream.
	Terminal bool

	// Color tells whether escape sequences for colours may be written.
	Color bool

	// Unicode tells whether box and block characters may be written.
	Unicode bool

	// Columns is the width to take in place of the terminal's, where it is set.
	Columns int

	fd     int
	failed error // the first of Printf
}

// Open looks at f and at the environment, which lookup reads
// ([os.LookupEnv] but in tests).
func Open(f *os.File, want Color, lookup func(string) (string, bool)) *Screen {
	s := &Screen{Writer: f, fd: int(f.Fd())}
	s.Terminal = term.IsTerminal(s.fd)
	s.Color = wantsColor(s.Terminal, want, lookup)
	s.Unicode = utf8Locale(lookup)
	return s
}

// Plain is a screen of no colours over any writer.
func Plain(w io.Writer) *Screen { return &Screen{Writer: w, fd: -1} }

// Width is the screen's present width in columns: Columns, else the terminal's,
// [DefaultWidth] where it is not known.
func (s *Screen) Width() int {
	if s.Columns > 0 {
		return s.Columns
	}
	if !s.Terminal {
		return DefaultWidth
	}
	w, _, err := term.GetSize(s.fd)
	if err != nil || w <= 0 {
		return DefaultWidth
	}
	return w
}

// Fit gives the width for a bar or a text that wants as many columns as want, in a
// line of which others take taken: less on a narrow screen, but never below ten.
func (s *Screen) Fit(want, taken int) int { return min(want, max(s.Width()-taken, 10)) }

// Printf writes formatted text. What comes from a server must pass [Clean]
// first. [Screen.Err] tells of its errors.
func (s *Screen) Printf(format string, args ...any) {
	if _, err := fmt.Fprintf(s.Writer, format, args...); err != nil && s.failed == nil {
		s.failed = err
	}
}

// Err gives the first error of Printf.
func (s *Screen) Err() error { return s.failed }

// wantsColor follows no-color.org: "Command-line software which adds ANSI color
// to its output by default should check for a NO_COLOR environment variable
// that, when present and not an empty string (regardless of its value),
// prevents the addition of ANSI color." A flag beats the environment.
func wantsColor(terminal bool, want Color, lookup func(string) (string, bool)) bool {
	switch want {
	case Always:
		return true
	case Never:
		return false
	}
	if v, _ := lookup("NO_COLOR"); v != "" {
		return false
	}
	v, _ := lookup("TERM")
	return terminal && v != "dumb"
}

// utf8Locale reads the three variables in the order that POSIX gives them.
//
// "If the LC_ALL environment variable is defined and is not null, the value of
// LC_ALL shall be used."
// https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
func utf8Locale(lookup func(string) (string, bool)) bool {
	all, _ := lookup("LC_ALL")
	ctype, _ := lookup("LC_CTYPE")
	lang, _ := lookup("LANG")
	name := strings.ToLower(cmp.Or(all, ctype, lang))
	return strings.Contains(name, "utf-8") || strings.Contains(name, "utf8")
}
