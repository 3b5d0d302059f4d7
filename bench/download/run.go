package download

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Plan says what to measure.
type Plan struct {
	Loads  []Load
	Conns  int
	Rounds int
	Folder string   // on the file system to measure; a new folder is made in it
	Tools  []string // names; none means all
	Source string   // the folder of this module

	// Progress gets a line for each download.
	Progress io.Writer
}

// Result is all that was measured.
type Result struct {
	Plan    Plan
	When    time.Time
	Server  string   // nginx's version
	Missing []string // downloaders that are not installed
	rows    []row
}

// row is one downloader at one load, with an entry for each round.
type row struct {
	load   Load
	tool   tool
	rounds []outcome
}

type outcome struct {
	sample sample
	err    error
}

// Run measures all of a plan. It leaves nothing behind.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	said, err := exec.CommandContext(ctx, "nginx", "-v").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("nginx: %w", err)
	}
	r.Server = versionIn(string(said))
	work, err := os.MkdirTemp(p.Folder, "bench-fetch")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	tools, err := r.tools(ctx, work)
	if err != nil {
		return nil, err
	}
	for _, load := range p.Loads {
		if err := r.measure(ctx, work, load, tools); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// tools builds our downloaders and finds those of others.
func (r *Result) tools(ctx context.Context, work string) ([]tool, error) {
	aiohttp, getter := filepath.Join(work, "aiohttp"), filepath.Join(work, "getter")
	for _, b := range []struct{ dir, pkg, out string }{
		{filepath.Dir(r.Plan.Source), "./cmd/aiohttp", aiohttp},
		{r.Plan.Source, "./getter", getter},
	} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", b.out, b.pkg)
		cmd.Dir = b.dir
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go build %s: %w\n%s", b.pkg, err, text)
		}
	}
	others, missing := installed(ctx)
	r.Missing = missing
	all := append(built(aiohttp, getter), others...)
	if len(r.Plan.Tools) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(t tool) bool { return !slices.Contains(r.Plan.Tools, t.name) }), nil
}

// measure plays the rounds of one load.
func (r *Result) measure(ctx context.Context, work string, load Load, tools []tool) error {
	folder := filepath.Join(work, "origin", load.Name)
	sums, err := load.write(folder)
	if err != nil {
		return err
	}
	server, err := startNginx(ctx, work, filepath.Dir(folder))
	if err != nil {
		return err
	}
	defer server.stop()
	base := job{work: work, conns: r.Plan.Conns, list: filepath.Join(work, load.Name+".txt")}
	for n := range load.Count {
		base.urls = append(base.urls, "http://"+server.addr+"/"+load.Name+"/"+load.file(n))
	}
	if err := os.WriteFile(base.list, []byte(strings.Join(base.urls, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	rows := make([]row, len(tools))
	for i, t := range tools {
		rows[i] = row{load: load, tool: t}
	}
	for n := range r.Plan.Rounds {
		for _, i := range rand.Perm(len(tools)) {
			j := base
			j.folder = filepath.Join(work, "got", load.Name, fmt.Sprintf("%s-%d", tools[i].name, n))
			o := once(ctx, tools[i], j, load, sums)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			rows[i].rounds = append(rows[i].rounds, o)
			fmt.Fprintf(r.Plan.Progress, "%s, round %d, %s: %s\n", load, n+1, tools[i].name, o)
		}
	}
	r.rows = append(r.rows, rows...)
	return nil
}

// fewFiles is how many files a folder may have to be deleted at once.
const fewFiles = 1000

// once downloads a load into a new folder and verifies it.
func once(ctx context.Context, t tool, j job, load Load, sums map[string]sum) outcome {
	if err := os.MkdirAll(j.folder, 0o755); err != nil {
		return outcome{err: err}
	}
	cmd, err := t.command(ctx, j)
	if err != nil {
		return outcome{err: err}
	}
	syscall.Sync()
	s, err := watch(cmd)
	if err == nil {
		err = verify(j.folder, sums)
	}
	if load.Count <= fewFiles {
		if removed := os.RemoveAll(j.folder); err == nil {
			err = removed
		}
	}
	return outcome{s, err}
}

func (o outcome) String() string {
	if o.err != nil {
		return "failed: " + o.err.Error()
	}
	return fmt.Sprintf("%.2f s, %.2f s CPU, %.0f MiB", o.sample.wall.Seconds(), o.sample.cpu.Seconds(), mib(o.sample.peak))
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
