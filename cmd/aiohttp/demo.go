package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/internal/cli/summary"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
	"github.com/aiohttp-go/aiohttp/internal/demosite"
	"github.com/aiohttp-go/aiohttp/trust"
)

// demoFlags are the flags of fetch --demo.
type demoFlags struct {
	on      bool
	pages   int
	latency float64
}

func (f *demoFlags) register(set *pflag.FlagSet) {
	set.BoolVar(&f.on, "demo", false, "download some hundred pages of a site served by this very command, with no internet")
	set.IntVar(&f.pages, "demo-pages", 0, "only the first `n` pages of the demo")
	set.Float64Var(&f.latency, "demo-latency", 1, "multiply the latency of the demo by `n`")
	for _, name := range []string{"demo-pages", "demo-latency"} {
		// They are for tests; the error is that of a name that does not exist.
		_ = set.MarkHidden(name)
	}
}

// demo downloads the demo site and tells how long it would have taken page by
// page.
func (a *app) demo(ctx context.Context, f *fetchFlags, args []string) (err error) {
	if len(args) > 0 {
		return usagef("fetch: --demo takes no URLs")
	}
	// A steady site: the pause that a Retry-After asks for would be most of the
	// time, and is not what is shown here.
	site := demosite.New(demosite.Options{Latency: f.demo.latency, Steady: true})
	srv, err := site.Start(ctx)
	if err != nil {
		return fmt.Errorf("fetch: demo: %w", err)
	}
	defer srv.Close()
	keep := f.dir != "."
	if !keep {
		if f.dir, err = os.MkdirTemp("", "aiohttp-demo-"); err != nil {
			return fmt.Errorf("fetch: demo: %w", err)
		}
		defer func() { err = worse(err, os.RemoveAll(f.dir)) }()
	}
	session, err := demoSession(srv, f)
	if err != nil {
		return fmt.Errorf("fetch: demo: %w", err)
	}
	defer session.Close()
	opts, err := f.options(session.Session)
	if err != nil {
		return usagef("fetch: %w", err)
	}
	// The site is ours: nobody has to be spared.
	opts.PerHost, opts.Overwrite, opts.Backoff = -1, true, 50*time.Millisecond

	pages := site.Pages()
	if f.demo.pages > 0 {
		pages = pages[:min(f.demo.pages, len(pages))]
	}
	a.introduceDemo(site, pages, f.dir, keep)
	s, err := a.newShown(opts, newTotal(int64(len(pages))))
	if err != nil {
		return usagef("%w", err)
	}
	sum, err := s.run(ctx, demoItems(site, srv, pages))
	report := summary.From(&sum)
	if keep {
		report.Folder = f.dir
	}
	if err := worse(a.conclude(f, &sum, err), a.printSummary(f, report, err != nil)); err != nil {
		return err
	}
	a.compareDemo(sequentialTime(site, pages), sum.Elapsed, len(pages))
	return nil
}

// demoSession trusts the site's authority and no other.
func demoSession(srv *demosite.Server, f *fetchFlags) (*request.Session, error) {
	policy, err := trust.New(trust.Options{CAs: srv.Pool()})
	if err != nil {
		return nil, err
	}
	return f.link.PoolSession(aiohttp.Options{TLS: policy, DisableCookies: true},
		connector.Options{MaxConns: fetch.Options{Concurrency: f.concurrency}.MaxConns()})
}

// demoItems lists the pages with their checksums, which the job verifies.
func demoItems(site *demosite.Site, srv *demosite.Server, pages []string) iter.Seq2[fetch.Item, error] {
	return func(yield func(fetch.Item, error) bool) {
		for _, path := range pages {
			item := fetch.Item{URL: srv.URL() + path}
			if sum, ok := site.Digest(path); ok {
				item.SHA256 = hex.EncodeToString(sum[:])
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (a *app) introduceDemo(site *demosite.Site, pages []string, dir string, keep bool) {
	low, high := time.Duration(1<<63-1), time.Duration(0)
	for _, path := range pages {
		low, high = min(low, site.Latency(path)), max(high, site.Latency(path))
	}
	a.log.note("demo: %d pages laid out like peps.python.org, from a site in this process", len(pages))
	a.log.note("      TLS 1.3, authority made in memory, answers take %s to %s",
		units.Duration(low), units.Duration(high))
	if keep {
		a.log.note("      files: %s", tty.Clean(dir))
		return
	}
	a.log.note("      files: %s (removed at the end; -o DIR keeps them)", tty.Clean(dir))
}

// sequentialTime is what the waits for the answers add up to when each page is
// asked for after the one before. The time for connections and bodies would
// come on top.
func sequentialTime(site *demosite.Site, pages []string) time.Duration {
	total := time.Duration(0)
	for _, path := range pages {
		total += site.Latency(path)
	}
	return total
}

func (a *app) compareDemo(sequential, took time.Duration, pages int) {
	s := a.stderr
	if a.log.quiet || a.log.json != nil || took <= 0 {
		return
	}
	width := s.Fit(40, 33)
	times := float64(sequential) / float64(took)
	s.Printf("  one after the other  %s  %s\n", s.Paint(tty.Red, s.Bar(1, width)), units.Duration(sequential))
	s.Printf("  at once              %s  %s\n\n", s.Paint(tty.Green, s.Bar(max(1/times, 1/float64(width)), width)),
		s.Paint(tty.Bold, units.Duration(took)))
	s.Printf("  %s, and all %s checked against the site's SHA-256\n\n",
		s.Paint(tty.Bold, fmt.Sprintf("%.0f times faster", times)), units.Plural(int64(pages), "page is", "pages are"))
}
