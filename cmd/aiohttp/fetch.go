package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp/internal/cli/request"
)

// fetchFlags are the flags of fetch.
type fetchFlags struct {
	tls  request.TLSFlags
	link request.LinkFlags

	input    string
	sitemaps []string
	header   []string

	dir       string
	flat      bool
	name      string
	overwrite bool

	concurrency int
	perHost     int
	rate        float64
	hostRate    float64
	retries     int
	timeout     time.Duration
	maxSize     string

	results string
	sha256  bool
	asJSON  bool

	demo demoFlags
}

func (a *app) fetchCommand() *cobra.Command {
	f := &fetchFlags{}
	cmd := &cobra.Command{
		Use:   "fetch [URL...]",
		Short: "Download many URLs at once",
		Long: `fetch downloads many URLs at once into a folder. URLs are arguments, lines of a
file or of stdin, or those of a sitemap. In arguments {8010..8016} stands for
each number and {a,b} for each word; a line is a URL, or a JSON object:

  {"url": "https://example.com/a", "method": "POST", "headers": {"X-A": "1"},
   "body": "text or JSON", "output": "a.html", "sha256": "..."}

Files are laid out by host and path. What is there already is not fetched
again, and a large file that was cut short goes on where it stopped: the same
command takes an interrupted download up again. The first Ctrl-C lets what is in
flight end, the second abandons it, the third kills.

Servers are treated gently: at most --per-host requests at once, failures that
may pass are tried again with growing pauses, Retry-After is heeded.

The exit code is 0 when every URL was fetched, 1 when some were not, 130 when
Ctrl-C left some undone; see "aiohttp help exit-codes".`,
		Example: `  aiohttp fetch 'https://peps.python.org/pep-{8010..8016}/' -o peps
  aiohttp fetch -i urls.txt -c 256 --rate 50 --results results.jsonl
  zcat urls.gz | aiohttp fetch -i - -o pages --flat
  aiohttp fetch --sitemap https://example.com/sitemap.xml -o site
  aiohttp fetch --demo`,
		RunE: a.action(func(ctx context.Context, args []string) error {
			if f.demo.on {
				return a.demo(ctx, f, args)
			}
			return a.fetch(ctx, f, args)
		}),
	}
	f.register(cmd.Flags())
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 && f.input == "" && len(f.sitemaps) == 0 && !f.demo.on {
			return usageError(cmd, errors.New("nothing to fetch: give URLs, -i FILE, --sitemap URL or --demo"))
		}
		if err := exclusive("flat", "name")(cmd, args); err != nil {
			return err
		}
		return exclusive("demo", "input", "sitemap", "cacert", "insecure", "unix-socket", "resolve", "proxy")(cmd, args)
	}
	return cmd
}

func (f *fetchFlags) register(set *pflag.FlagSet) {
	set.SortFlags = false
	set.StringVarP(&f.input, "input", "i", "", "read the list from `file`; - is stdin")
	set.StringArrayVar(&f.sitemaps, "sitemap", nil, "fetch what the sitemap at `url` lists; repeatable")
	set.StringArrayVarP(&f.header, "header", "H", nil, "header `field` \"Name: value\" for every request; repeatable")
	set.StringVarP(&f.dir, "output", "o", ".", "`folder` for the files, made if it is not there")
	set.BoolVar(&f.flat, "flat", false, "put all files into one folder, named by page and hash")
	set.StringVar(&f.name, "name", "", "name files by a `template` of {host} {path} {name} {ext} {hash} {n} {line}, such as {n:4}{ext}: {ext} has its dot")
	set.BoolVar(&f.overwrite, "overwrite", false, "fetch again what is there already")
	set.IntVarP(&f.concurrency, "concurrency", "c", 64, "at most `n` requests at once")
	set.IntVar(&f.perHost, "per-host", 8, "at most `n` requests at once to one server")
	set.Float64Var(&f.rate, "rate", 0, "at most `n` requests a second in all; 0 is no limit")
	set.Float64Var(&f.hostRate, "rate-per-host", 0, "at most `n` requests a second to one server; 0 is no limit")
	set.IntVar(&f.retries, "retries", 3, "try `n` times more where a failure may pass")
	set.DurationVar(&f.timeout, "timeout", 0, "`time` for one request, e.g. 5m; without it only stalls end one")
	set.StringVar(&f.maxSize, "max-size", "", "give up on files above `size`, e.g. 10M")
	set.StringVar(&f.results, "results", "", "write a JSON line about each URL to `file`; - is stdout")
	set.BoolVar(&f.sha256, "sha256", false, "put checksums into the results")
	set.BoolVar(&f.asJSON, "json", false, "print the summary as a JSON object on stdout")
	f.tls.Register(set)
	f.link.Register(set)
	f.demo.register(set)
}
