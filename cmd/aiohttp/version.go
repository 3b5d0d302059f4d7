package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp"
)

// build describes the program, as "version --json" writes it.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// String gives the line that "version" and --version print.
func (b build) String() string {
	return fmt.Sprintf("aiohttp %s (%s, %s/%s)", b.Version, b.Go, b.OS, b.Arch)
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: a.action(func(context.Context, []string) error {
			b := readBuild()
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(b)
			}
			a.stdout.Printf("%s\n", b)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as a JSON object")
	return cmd
}

// readBuild asks what the linker recorded.
func readBuild() build {
	b := build{Version: aiohttp.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
