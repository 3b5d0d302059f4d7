package download

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// job is one download of a load.
type job struct {
	urls   []string
	list   string // a file with a URL a line
	folder string // empty, where the files go
	work   string // for a downloader's own settings
	conns  int
}

// tool is a downloader.
type tool struct {
	name    string
	what    string
	version string
	command func(ctx context.Context, j job) (*exec.Cmd, error)
}

// The names of those that ratios are taken against.
const (
	rawName  = "raw"
	stdName  = "nethttp"
	curlName = "curl"
)

// built lists the downloaders that are compiled from this checkout.
func built(aiohttp, getter string) []tool {
	by := func(how string) func(context.Context, job) (*exec.Cmd, error) {
		return func(ctx context.Context, j job) (*exec.Cmd, error) {
			return exec.CommandContext(ctx, getter, "-how", how, "-c", strconv.Itoa(j.conns), "-i", j.list, "-o", j.folder), nil
		}
	}
	fetch := func(ctx context.Context, j job) (*exec.Cmd, error) {
		n := strconv.Itoa(j.conns)
		return exec.CommandContext(ctx, aiohttp, "fetch", "-q", "-i", j.list, "-o", j.folder, "-c", n, "--per-host", n), nil
	}
	return []tool{
		{rawName, "raw sockets in Go", "", by("raw")},
		{"aiohttp", "aiohttp fetch", "", fetch},
		{stdName, "net/http, tuned, 64 KiB buffers", "", by("nethttp")},
	}
}

// installed lists the downloaders of others that are there, and names those that
// are not.
func installed(ctx context.Context) (tools []tool, missing []string) {
	for _, t := range []tool{
		{curlName, "curl --parallel", "", curl},
		{"wget2", "wget2 --max-threads", "", wget2},
		{"aria2c", "aria2c -j -x1", "", aria2c},
	} {
		out, err := exec.CommandContext(ctx, t.name, "--version").Output()
		if err != nil {
			missing = append(missing, t.name)
			continue
		}
		t.version = versionIn(string(out))
		tools = append(tools, t)
	}
	return tools, missing
}

var aVersion = regexp.MustCompile(`\d+\.\d+[\w.+-]*`)

// versionIn finds the version in the first line of what --version prints.
func versionIn(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return aVersion.FindString(first)
}

func curl(ctx context.Context, j job) (*exec.Cmd, error) {
	var config bytes.Buffer
	for _, u := range j.urls {
		fmt.Fprintf(&config, "url=%s\noutput=%s\n", u, filepath.Join(j.folder, u[strings.LastIndexByte(u, '/')+1:]))
	}
	file := filepath.Join(j.work, "curl.conf")
	if err := os.WriteFile(file, config.Bytes(), 0o600); err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, "curl", "-q", "--silent", "--show-error", "--fail", "--parallel",
		"--parallel-max", strconv.Itoa(j.conns), "--config", file), nil
}

func wget2(ctx context.Context, j job) (*exec.Cmd, error) {
	return exec.CommandContext(ctx, "wget2", "--no-config", "--quiet", "--max-threads="+strconv.Itoa(j.conns),
		"--input-file="+j.list, "--directory-prefix="+j.folder), nil
}

func aria2c(ctx context.Context, j job) (*exec.Cmd, error) {
	return exec.CommandContext(ctx, "aria2c", "--no-conf", "--quiet", "-j"+strconv.Itoa(j.conns), "-x1",
		"--input-file="+j.list, "--dir="+j.folder), nil
}
