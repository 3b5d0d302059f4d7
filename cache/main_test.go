package cache_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

const page = "http://site.test/page"

// origin is a server in memory, as a round tripper.
type origin struct {
	answer func(n int, req *http.Request) (*http.Response, error)
	mu     sync.Mutex
	seen   []*http.Request
}

func (o *origin) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	o.seen = append(o.seen, req)
	n := len(o.seen)
	o.mu.Unlock()
	return o.answer(n, req)
}

func (o *origin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.seen)
}

// always is an origin that gives the same answer each time, with the number of the
// request as its body where that is empty.
func always(status int, body string, fields ...string) *origin {
	return &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
		text := body
		if text == "" {
			text = strings.Repeat("I", n)
		}
		return reply(req, status, text, fields...), nil
	}}
}

// each is an origin that gives one answer after the other.
func each(answers ...func(req *http.Request) *http.Response) *origin {
	return &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
		if n > len(answers) {
			return nil, errors.New("a request too many")
		}
		return answers[n-1](req), nil
	}}
}

func answering(status int, body string, fields ...string) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response { return reply(req, status, body, fields...) }
}

// reply makes a response with fields of the form "Name: value", and a Date.
func reply(req *http.Request, status int, body string, fields ...string) *http.Response {
	resp := &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}, Request: req,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
	if req.Method == http.MethodHead || status == http.StatusNotModified || status == http.StatusNoContent {
		resp.Body = http.NoBody
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		if name == "Date" {
			resp.Header.Del("Date")
		}
		if resp.Header.Add(name, value); value == "" {
			resp.Header.Del(name)
		}
	}
	return resp
}

// client is a cache in front of an origin.
type client struct {
	*testing.T
	cache *cache.Cache
	http.RoundTripper
}

func front(t *testing.T, o http.RoundTripper, opts ...cache.Options) *client {
	t.Helper()
	c := cache.New(opts...)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return &client{t, c, c.Transport(o)}
}

// request makes a request with fields of the form "Name: value".
func request(t testing.TB, method, url string, fields ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		req.Header.Add(name, value)
	}
	return req
}

// got is a response that was read.
type got struct {
	*http.Response
	body    string
	outcome cache.Outcome
}

// do sends a request and reads its response to the end.
func (c *client) do(req *http.Request) got {
	c.Helper()
	resp, err := c.RoundTrip(req)
	if err != nil {
		c.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return c.read(resp)
}

func (c *client) read(resp *http.Response) got {
	c.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatalf("read the body: %v", err)
	}
	if err := resp.Body.Close(); err != nil {
		c.Errorf("close the body: %v", err)
	}
	return got{resp, string(body), cache.OutcomeOf(resp.Header)}
}

func (c *client) get(fields ...string) got {
	c.Helper()
	return c.do(request(c.T, http.MethodGet, page, fields...))
}

// want checks what the cache did.
func (g got) want(t testing.TB, outcome cache.Outcome, status int, body string) {
	t.Helper()
	if g.outcome != outcome || g.StatusCode != status || g.body != body {
		t.Errorf("got %s %d %q, want %s %d %q (%s)", g.outcome, g.StatusCode, g.body, outcome, status, body, g.Header.Get("Cache-Status"))
	}
}
