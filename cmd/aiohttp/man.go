package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/internal/cli/man"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages to a directory",
		Long: `man writes one manual page for each command and topic. They bear the month
of SOURCE_DATE_EPOCH, where that is set, else the present one.`,
		Example: `  aiohttp man ~/.local/share/man/man1
  man aiohttp-fetch`,
		Args: oneArg("directory"),
		RunE: a.action(func(_ context.Context, args []string) error {
			date, err := pageDate(os.LookupEnv)
			if err != nil {
				return inputf("man: %w", err)
			}
			return writeMan(a.root(), args[0], date)
		}),
	}
}

// writeMan writes a page for cmd and for each of its subcommands and topics.
func writeMan(cmd *cobra.Command, dir string, date time.Time) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("man: %w", err)
	}
	for _, sub := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
		if sub.Hidden || sub.Name() == "help" {
			continue
		}
		var buf bytes.Buffer
		if err := man.Write(&buf, sub, date); err != nil {
			return err
		}
		path := filepath.Join(dir, man.Name(sub)+".1")
		if err := os.WriteFile(path, buf.Bytes(), 0o666); err != nil {
			return fmt.Errorf("man: %w", err)
		}
	}
	return nil
}

// pageDate makes the pages the same from one build to the next, where asked.
//
// "The value MUST be an ASCII representation of an integer with no fractional
// component, identical to the output format of date +%s".
// https://reproducible-builds.org/specs/source-date-epoch/
func pageDate(lookup func(string) (string, bool)) (time.Time, error) {
	text, ok := lookup("SOURCE_DATE_EPOCH")
	if !ok || text == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH %q: want seconds", text)
	}
	return time.Unix(seconds, 0), nil
}
