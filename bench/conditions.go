package main

import (
	"flag"
	"os"
	"runtime"

	"github.com/aiohttp-go/aiohttp/bench/report"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// settings are the flags that every comparison of clients has.
type settings struct {
	flags        *flag.FlagSet
	name         string
	rounds       *int
	foreign      *float64
	retries      *int
	note, output *string
}

// newSettings makes the flags of a comparison.
func newSettings(name string, defaultRounds int) *settings {
	flags := flag.NewFlagSet("bench "+name, flag.ExitOnError)
	return &settings{
		flags:   flags,
		name:    name,
		rounds:  flags.Int("rounds", defaultRounds, "`number` of rounds"),
		foreign: flags.Float64("foreign", 0.12, "`share` of the machine that others may use before a measurement is repeated"),
		retries: flags.Int("retries", 3, "how often a disturbed measurement is repeated"),
		note:    flags.String("note", "", "`text` to stand above the results, e.g. what else ran"),
		output:  flags.String("o", "", "put the results into this `file`"),
	}
}

// conditions gives what the flags say: the server on the first core, the client
// on the second, where there are two.
func (s *settings) conditions() (rounds.Conditions, error) {
	c := rounds.Conditions{
		Rounds: *s.rounds, MaxForeign: *s.foreign, Retries: *s.retries,
		Progress: os.Stderr, ServerCore: -1, ClientCore: -1,
	}
	if runtime.NumCPU() > 1 {
		c.ServerCore, c.ClientCore = 0, 1
	}
	var err error
	c.Program, err = os.Executable()
	return c, err
}

// put makes the section of a comparison.
func (s *settings) put(section report.Section) error {
	section.Name, section.Note, section.Command = s.name, *s.note, command(s.name, s.flags)
	return report.Put(*s.output, section)
}
