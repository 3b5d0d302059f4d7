package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime/debug"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/internal/cli/summary"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
	"github.com/aiohttp-go/aiohttp/internal/shell"
)

// fetch is the subcommand without --demo.
func (a *app) fetch(ctx context.Context, f *fetchFlags, args []string) (err error) {
	saveMemory(f.concurrency)
	session, err := f.session()
	if err != nil {
		return inputf("fetch: %w", err)
	}
	defer session.Close()
	opts, err := f.options(session.Session)
	if err != nil {
		return usagef("fetch: %w", err)
	}
	if text := f.tls.Danger(); text != "" {
		a.log.warn("%s", text)
	}
	items, closeList, err := a.items(ctx, f, session.Session, args)
	if err != nil {
		return err
	}
	defer closeList()
	length := newTotal(-1)
	defer length.wait()
	counting, stop := context.WithCancel(ctx)
	defer stop()
	length.count(counting, f, args)
	results, err := a.results(f)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if results != nil {
		opts.OnResult = results.Write
		defer func() { err = worse(err, results.Close()) }()
	}
	s, err := a.newShown(opts, length)
	if err != nil {
		return usagef("%w", err)
	}
	sum, err := s.run(ctx, items)
	report := summary.From(&sum)
	report.Folder = f.dir
	if 0 < sum.Concurrency && sum.Concurrency < f.concurrency {
		a.log.warn("fetch: no more than %d requests at once: more need more open files than the system allows (ulimit -n)", sum.Concurrency)
	}
	if err == nil && report.Done+report.Left == 0 {
		a.log.warn("fetch: the list has no URLs")
	}
	return worse(a.conclude(f, &sum, err), a.printSummary(f, report, err != nil))
}

// worse gives err, or later where err says nothing that the user does not know.
func worse(err, later error) error {
	if later == nil || err != nil && !silent(err) {
		return err
	}
	return later
}

// session makes the session that sends the requests. It keeps no cookies: what
// is fetched must not depend on the order in which servers answer.
func (f *fetchFlags) session() (*request.Session, error) {
	policy, err := f.tls.Policy()
	if err != nil {
		return nil, err
	}
	proxies, err := f.tls.ProxyPolicy()
	if err != nil {
		return nil, err
	}
	header, err := request.Header(f.header)
	if err != nil {
		return nil, err
	}
	return f.link.PoolSession(aiohttp.Options{TLS: policy, Header: header, DisableCookies: true},
		connector.Options{MaxConns: fetch.Options{Concurrency: f.concurrency}.MaxConns(), ProxyTLS: proxies})
}

// options turns the flags into those of a job.
func (f *fetchFlags) options(session *aiohttp.Session) (fetch.Options, error) {
	o := fetch.Options{
		Session: session, Dir: f.dir, Overwrite: f.overwrite, SHA256: f.sha256,
		Concurrency: f.concurrency, PerHost: f.perHost, LookAhead: lookAhead,
		Rate: f.rate, RatePerHost: f.hostRate, Retries: f.retries, Timeout: f.timeout,
	}
	switch {
	case f.asJSON && f.results == "-":
		return o, errors.New("--json and --results - both want stdout")
	case f.dir == "-":
		return o, errors.New("--output -: want a folder; \"aiohttp get\" writes to stdout")
	case f.concurrency < 1:
		return o, fmt.Errorf("--concurrency %d: want at least 1", f.concurrency)
	case f.perHost < 1:
		return o, fmt.Errorf("--per-host %d: want at least 1", f.perHost)
	case f.retries <= 0:
		o.Retries = -1
	}
	var err error
	if f.maxSize != "" {
		if o.MaxBytes, err = units.ParseBytes(f.maxSize); err != nil {
			return o, fmt.Errorf("--max-size: %w", err)
		}
	}
	switch {
	case f.flat:
		o.Layout = fetch.Flat()
	case f.name != "":
		if o.Layout, err = fetch.ParseTemplate(f.name); err != nil {
			return o, fmt.Errorf("--name: %w", err)
		}
	}
	return o, nil
}

// items gives the list of what is to be fetched, and what closes its file.
func (a *app) items(ctx context.Context, f *fetchFlags, session *aiohttp.Session, args []string) (
	iter.Seq2[fetch.Item, error], func(), error,
) {
	closeList := func() {}
	patterns := make([]string, len(args))
	for i, arg := range args {
		for _, err := range fetch.Expand(arg) { // only to see whether it is well formed
			if err != nil {
				return nil, nil, inputf("fetch: %w", err)
			}
			break
		}
		patterns[i] = withScheme(arg)
	}
	lists := []iter.Seq2[fetch.Item, error]{fetch.Args(patterns...)}
	switch f.input {
	case "":
	case "-":
		lists = append(lists, fetch.Lines(a.stdin))
	default:
		file, err := os.Open(f.input)
		if err != nil {
			return nil, nil, inputf("fetch: list: %w", err)
		}
		if info, err := file.Stat(); err == nil && info.IsDir() {
			file.Close()
			return nil, nil, inputf("fetch: list: %s: is a directory", f.input)
		}
		closeList = func() { file.Close() }
		lists = append(lists, fetch.Lines(file))
	}
	for _, u := range f.sitemaps {
		lists = append(lists, fetch.Sitemap(ctx, session, u))
	}
	return fetch.Chain(lists...), closeList, nil
}

// withScheme completes a URL pattern that has no scheme, as get does.
func withScheme(pattern string) string {
	if strings.Contains(pattern, "://") {
		return pattern
	}
	if full, err := request.ParseURL(pattern); err == nil && strings.HasPrefix(full, "http://") {
		return "http://" + pattern
	}
	return "https://" + pattern
}

// results opens the file of --results, nil without.
func (a *app) results(f *fetchFlags) (*fetch.ResultWriter, error) {
	switch f.results {
	case "":
		return nil, nil
	case "-":
		return fetch.NewResultWriter(io.Writer(a.stdout)), nil
	}
	return fetch.OpenResults(f.results)
}

// printSummary writes the summary of a job, that failed or not, for a person to
// stderr, for a program to stdout.
func (a *app) printSummary(f *fetchFlags, r *summary.Report, failed bool) error {
	if f.asJSON {
		return summary.WriteJSON(a.stdout, r)
	}
	switch {
	case a.log.quiet:
	case failed && r.Done+r.Left == 0: // it has not even begun
	case a.log.json != nil:
		a.log.note("fetch: %d of %d done in %s, %d failed", r.Done, r.Done+r.Left, units.Duration(r.Elapsed), r.Failed)
	default:
		summary.Write(a.stderr, r)
		a.stderr.Printf("\n")
	}
	return nil
}

// conclude gives the error that a job ends with: that of a signal, its own, or
// that some URLs failed, which the summary has told already.
func (a *app) conclude(f *fetchFlags, sum *fetch.Summary, err error) error {
	if code := a.stages.Code(); code != exit.OK {
		hint := "to go on: " + shell.Quote(os.Args)
		if f.input == "-" {
			hint += ", with the same list on stdin"
		}
		return &exit.Error{Code: code, Err: errors.New(interruption(code)), Hint: hint}
	}
	switch {
	case err != nil:
		return fmt.Errorf("fetch: %w", err)
	case sum.Failed > 0 && a.log.quiet:
		// There is no summary that tells it.
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("fetch: %d of %d URLs failed", sum.Failed, sum.Fetched+sum.Skipped+sum.Failed)}
	case sum.Failed > 0:
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

// lookAhead is how many items are read ahead, for 1 MiB: a quarter of what a job
// does by default, and still far more than are in flight.
const lookAhead = 2048

// The heap of a fetch: 12 MiB are twice what a job of the default size was
// measured to need, and each request in flight has its buffers and stack.
const (
	baseMemory    = 12 << 20
	requestMemory = 48 << 10
)

// saveMemory keeps the process small, unless the user has set a limit.
func saveMemory(concurrency int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(baseMemory + int64(max(concurrency, 0))*requestMemory)
	}
}
