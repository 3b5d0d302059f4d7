package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

// newNetHTTP makes a client that keeps all of its connections, which
// http.DefaultClient does not.
func newNetHTTP(conns int) *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxIdleConns: conns, MaxIdleConnsPerHost: conns, ReadBufferSize: 64 << 10, DisableCompression: true,
	}}
}

// stdWorker downloads with net/http and a buffer of its own.
type stdWorker struct {
	client *http.Client
	buf    []byte
}

func (w *stdWorker) get(u *url.URL, file string) error {
	resp, err := w.client.Get(u.String())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", u, resp.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	// Without the wrapping the file would read by itself, in steps of 32 KiB.
	_, err = io.CopyBuffer(struct{ io.Writer }{f}, resp.Body, w.buf)
	return errors.Join(err, f.Close())
}
