// Command getter is the downloader that the others are held against: the same
// job with as little as Go allows, on raw sockets or on net/http. It is a
// program of its own so that its memory is its own.
//
//	getter -how raw|nethttp -c 50 -i list -o folder
//
// Limitations: one host, plain HTTP, answers with Content-Length only, every
// file into one folder under the last element of its path.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"
)

func main() {
	how := flag.String("how", "raw", "raw or nethttp")
	workers := flag.Int("c", 50, "`number` of connections")
	input := flag.String("i", "", "`file` with a URL a line")
	output := flag.String("o", "", "`folder` for the files")
	flag.Parse()
	if err := run(*how, *workers, *input, *output); err != nil {
		fmt.Fprintln(os.Stderr, "getter:", err)
		os.Exit(1)
	}
}

// worker downloads one file after the other. The getters of one process share
// nothing that is not safe for it.
type worker interface {
	get(u *url.URL, file string) error
}

func run(how string, workers int, input, output string) error {
	urls, err := readList(input)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		return err
	}
	var newWorker func() worker
	switch how {
	case "raw":
		newWorker = func() worker { return &rawWorker{buf: make([]byte, 64<<10)} }
	case "nethttp":
		shared := newNetHTTP(workers)
		newWorker = func() worker { return &stdWorker{shared, make([]byte, 64<<10)} }
	default:
		return fmt.Errorf("unknown way %q", how)
	}
	var (
		next    atomic.Int64
		running sync.WaitGroup
		errs    = make([]error, workers)
	)
	for i := range workers {
		running.Go(func() {
			w := newWorker()
			for n := next.Add(1); n <= int64(len(urls)) && errs[i] == nil; n = next.Add(1) {
				u := urls[n-1]
				errs[i] = w.get(u, filepath.Join(output, path.Base(u.Path)))
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

func readList(file string) ([]*url.URL, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var urls []*url.URL
	for lines := bufio.NewScanner(f); lines.Scan(); {
		u, err := url.Parse(lines.Text())
		if err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, nil
}
