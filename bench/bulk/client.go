package bulk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/valyala/fasthttp"
)

// deposit puts a body where the job says.
func deposit(j Job, status int, body io.Reader) error {
	if j.Kind == File && status == http.StatusOK {
		return intoFile(j, func(f *os.File) (int64, error) { return io.Copy(f, body) })
	}
	n, err := io.Copy(io.Discard, body)
	if err != nil {
		return err
	}
	return check(status, n, j)
}

func openSession(j Job) (haul, error) {
	c, err := peer.NewConnector(peer.Target{Conns: 1})
	if err != nil {
		return nil, err
	}
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	ctx, url := context.Background(), j.url()
	if j.Kind == Upload {
		return func() error {
			resp, err := s.Put(ctx, url, aiohttp.Request{File: j.Path})
			if err != nil {
				return err
			}
			defer resp.Close()
			return check(resp.Status, j.Bytes, j)
		}, nil
	}
	return func() error {
		resp, err := s.Get(ctx, url)
		if err != nil {
			return err
		}
		defer resp.Close()
		return deposit(j, resp.Status, resp)
	}, nil
}

func openClient(j Job) (haul, error) {
	c, err := peer.NewConnector(peer.Target{Conns: 1})
	if err != nil {
		return nil, err
	}
	return byClient(&http.Client{Transport: c}, j), nil
}

// openNetHTTP is net/http with buffers of so many octets; 0 is its default.
func openNetHTTP(buffers int) func(Job) (haul, error) {
	return func(j Job) (haul, error) {
		return byClient(&http.Client{Transport: &http.Transport{
			TLSClientConfig: peer.BelieveAll(), DisableCompression: true,
			ReadBufferSize: buffers, WriteBufferSize: buffers,
		}}, j), nil
	}
}

func byClient(c *http.Client, j Job) haul {
	if j.Kind == Upload {
		return func() error { return send(c, j) }
	}
	url := j.url()
	return func() error {
		resp, err := c.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return deposit(j, resp.StatusCode, resp.Body)
	}
}

// send uploads the file of a job.
func send(c *http.Client, j Job) error {
	f, err := os.Open(j.Path)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPut, j.url(), f) // closes f
	if err != nil {
		return err
	}
	req.ContentLength = j.Bytes
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return check(resp.StatusCode, j.Bytes, j)
}

func openFastHTTP(j Job) (haul, error) {
	c := &fasthttp.Client{StreamResponseBody: true, TLSConfig: peer.BelieveAll()}
	url := j.url()
	return func() error {
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(req)
		defer fasthttp.ReleaseResponse(resp)
		req.SetRequestURI(url)
		if err := c.Do(req, resp); err != nil {
			return err
		}
		if resp.BodyStream() == nil {
			return fmt.Errorf("body of %d bytes is no stream", len(resp.Body()))
		}
		if err := deposit(j, resp.StatusCode(), resp.BodyStream()); err != nil {
			return err
		}
		return resp.CloseBodyStream()
	}, nil
}
