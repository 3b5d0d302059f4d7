// Download_progress saves a page to a file and tells how far it is. The file
// appears when it is whole.
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
	"github.com/aiohttp-go/aiohttp/httpbin"
)

func main() {
	url := flag.String("url", "", "what to download; empty means a page of an httpbin of its own")
	path := flag.String("o", filepath.Join(os.TempDir(), "download"), "the file to save it to")
	flag.Parse()
	err := aio.Run(func(ctx context.Context) error {
		if *url == "" {
			site, err := httpbin.Start(ctx, "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer site.Close()
			*url = site.URL() + "/range/100000?duration=2s"
		}
		return download(ctx, os.Stdout, *url, *path)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "download_progress:", err)
		os.Exit(1)
	}
}

// download saves a page. A line is printed for each tenth, or, where the size is
// not known, about once a second.
func download(ctx context.Context, out io.Writer, url, path string) error {
	session := aiohttp.NewSession(aiohttp.Options{RaiseForStatus: true})
	defer session.Close()

	var tenths int64
	last := time.Now()
	resp, err := session.Get(ctx, url, aiohttp.Request{OnDownload: func(received, total int64) {
		switch {
		case total > 0 && 10*received/total > tenths:
			tenths = 10 * received / total
			fmt.Fprintf(out, "%d %%\n", 10*tenths)
		case total < 0 && time.Since(last) > time.Second:
			last = time.Now()
			fmt.Fprintf(out, "%d bytes\n", received)
		}
	}})
	if err != nil {
		return err
	}
	size, err := resp.Save(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "saved %d bytes\n", size)
	return nil
}
