package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/download"
	"github.com/aiohttp-go/aiohttp/bench/report"
)

// runFetch is "bench fetch".
func runFetch(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench fetch", flag.ExitOnError)
	conns := flags.Int("conns", 50, "`number` of connections of each downloader")
	rounds := flags.Int("rounds", 5, "`number` of rounds")
	small := flags.Int("small", 10_000, "`number` of files of 4 KiB; 0 leaves them out")
	large := flags.Int("large", 100, "`number` of files of 10 MiB; 0 leaves them out")
	tools := flags.String("tools", "", "comma-separated `names` of downloaders: raw, aiohttp, nethttp, curl, wget2, aria2c; default all")
	folder := flags.String("dir", "", "measure on the file system of this `folder`; default the one for temporary files")
	tmpfs := flags.String("tmpfs", "", "measure in this `folder`, on a tmpfs, in the place of -dir")
	source := flags.String("source", ".", "`folder` of this module, from which the downloaders are built")
	note := flags.String("note", "", "`text` to stand above the results, e.g. what else ran")
	out := flags.String("o", "", "put the results into this `file`")
	flags.Parse(args)

	plan := download.Plan{Conns: *conns, Rounds: *rounds, Folder: *folder, Progress: os.Stderr}
	if plan.Folder == "" {
		plan.Folder = os.TempDir()
	}
	name, title := "fetch", "Downloads to disk"
	if *tmpfs != "" {
		plan.Folder, name, title = *tmpfs, "fetch-tmpfs", "Downloads to tmpfs"
	}
	if *tools != "" {
		plan.Tools = strings.Split(*tools, ",")
	}
	if *small > 0 {
		plan.Loads = append(plan.Loads, download.Load{Name: "small", Count: *small, Bytes: 4 << 10})
	}
	if *large > 0 {
		plan.Loads = append(plan.Loads, download.Load{Name: "large", Count: *large, Bytes: 10 << 20})
	}
	var err error
	if plan.Source, err = filepath.Abs(*source); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(plan.Source, "getter")); err != nil {
		return errors.New("run it in the folder of this module, or name that with -source")
	}
	result, err := download.Run(ctx, plan)
	if err != nil {
		return err
	}
	return report.Put(*out, report.Section{
		Name: name, Title: title, When: result.When, Note: *note,
		Command: command("fetch", flags), Text: fetchMethod(ctx, result) + result.Table(),
	})
}

// fetchMethod says how the figures came about.
func fetchMethod(ctx context.Context, r *download.Result) string {
	text := fmt.Sprintf(`nginx %s with 2 workers and the downloader on the same cores; %d connections each; %d
rounds, interleaved; %s; every file checked by its SHA-256 after the time. "curl / this" is how
many times as long curl takes, as the median of the ratios inside the rounds.

`, r.Server, r.Plan.Conns, r.Plan.Rounds, fileSystem(ctx, r.Plan.Folder))
	if len(r.Missing) > 0 {
		text += "Not installed: " + strings.Join(r.Missing, ", ") + ".\n\n"
	}
	return text
}

// fileSystem names the type of the file system that a folder is on.
func fileSystem(ctx context.Context, folder string) string {
	out, err := exec.CommandContext(ctx, "findmnt", "--noheadings", "--output", "FSTYPE", "--target", folder).Output()
	if err != nil {
		return "unknown file system"
	}
	first, _, _ := strings.Cut(string(out), "\n") // further lines are mounts below it
	return strings.TrimSpace(first)
}
