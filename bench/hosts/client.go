package hosts

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/valyala/fasthttp"
)

// get sends one request and reads the whole answer.
type get func(url string) error

// Client is one that is measured.
type Client struct {
	Name, What string
	open       func(inFlight int) get
}

// The names of those that ratios are taken against, and of ours.
const (
	Session  = "session"
	NetHTTP  = "net/http"
	FastHTTP = "fasthttp"
)

// Clients lists all, in the order of the tables.
func Clients() []Client {
	return []Client{
		{Session, "aiohttp.Session, no limit on connections", openSession},
		{NetHTTP, "http.Client over http.Transport, idle connections kept", openNetHTTP},
		{FastHTTP, "fasthttp.Client", openFastHTTP},
	}
}

// Select gives the clients named in a list with commas, or all if it is empty.
func Select(list string) ([]Client, error) {
	if list == "" {
		return Clients(), nil
	}
	var chosen []Client
	for name := range strings.SplitSeq(list, ",") {
		found := false
		for _, c := range Clients() {
			if c.Name == name {
				chosen, found = append(chosen, c), true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown client %q", name)
		}
	}
	return chosen, nil
}

// patience bounds a request in every client: the whole crawl waits for the last.
const patience = 5 * time.Minute

func openSession(int) get {
	c := connector.New(connector.Options{MaxConns: -1, Timeouts: connector.Timeouts{Head: patience, Connect: patience}})
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	ctx := context.Background()
	return func(url string) error {
		resp, err := s.Get(ctx, url)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, resp)
		if err != nil {
			return err
		}
		return check(resp.Status, int(n))
	}
}

func openNetHTTP(inFlight int) get {
	c := &http.Client{Transport: &http.Transport{
		MaxIdleConns: 2 * inFlight, MaxIdleConnsPerHost: inFlight, IdleConnTimeout: patience,
	}}
	return func(url string) error {
		resp, err := c.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil {
			return err
		}
		return check(resp.StatusCode, int(n))
	}
}

func openFastHTTP(inFlight int) get {
	dialer := &fasthttp.TCPDialer{}
	c := &fasthttp.Client{
		MaxConnsPerHost: inFlight, MaxIdleConnDuration: patience,
		Dial: func(addr string) (net.Conn, error) { return dialer.DialTimeout(addr, patience) },
	}
	return func(url string) error {
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(req)
		defer fasthttp.ReleaseResponse(resp)
		req.SetRequestURI(url)
		if err := c.Do(req, resp); err != nil {
			return err
		}
		return check(resp.StatusCode(), len(resp.Body()))
	}
}

func check(status, length int) error {
	if status != http.StatusOK || length != origin.BodyBytes {
		return fmt.Errorf("got status %d and %d bytes", status, length)
	}
	return nil
}
