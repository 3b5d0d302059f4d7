// Peps downloads PEPs 8010 to 8015 one after the other, as one does with
// requests, and then at once, writes each to a file, and prints both times. They
// come from a site of its own, over TLS, which takes its time as a real one does.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/internal/demosite"
	"github.com/aiohttp-go/aiohttp/trust"
)

func main() {
	dir := flag.String("dir", ".", "the folder to write to")
	flag.Parse()
	err := aio.Run(func(ctx context.Context) error {
		return run(ctx, os.Stdout, *dir, demosite.Options{Latency: 1})
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "peps:", err)
		os.Exit(1)
	}
}

var peps = []int{8010, 8011, 8012, 8013, 8014, 8015}

// run downloads the PEPs in both ways, each with a session of its own.
func run(ctx context.Context, out io.Writer, dir string, opts demosite.Options) error {
	site, err := demosite.New(opts).Start(ctx)
	if err != nil {
		return err
	}
	defer site.Close()
	policy, err := trust.New(trust.Options{CAs: site.Pool()})
	if err != nil {
		return err
	}
	for _, way := range []struct {
		name string
		all  func(ctx context.Context, download func(ctx context.Context, pep int) (int64, error)) error
	}{{"one after the other", oneByOne}, {"at once", atOnce}} {
		session := aiohttp.NewSession(aiohttp.Options{BaseURL: site.URL(), TLS: policy, RaiseForStatus: true})
		start := time.Now()
		err := way.all(ctx, func(ctx context.Context, pep int) (int64, error) {
			resp, err := session.Get(ctx, fmt.Sprintf("/pep-%d/", pep))
			if err != nil {
				return 0, err
			}
			return resp.Save(filepath.Join(dir, fmt.Sprintf("pep-%d.html", pep)))
		})
		session.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %.2f s\n", way.name, time.Since(start).Seconds())
	}
	return nil
}

func oneByOne(ctx context.Context, download func(ctx context.Context, pep int) (int64, error)) error {
	for _, pep := range peps {
		if _, err := download(ctx, pep); err != nil {
			return err
		}
	}
	return nil
}

func atOnce(ctx context.Context, download func(ctx context.Context, pep int) (int64, error)) error {
	_, err := aio.Gather(ctx, aio.Each(peps, download))
	return err
}
