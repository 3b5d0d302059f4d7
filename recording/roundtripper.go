package recording

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// RoundTripper records or replays what an http.Client sends. next is what sends the
// requests that are recorded; nil means http.DefaultTransport. Bodies are recorded
// as next gives them: secrets in one that it gives compressed are not found.
func (t *Tape) RoundTripper(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return roundTripper{t, next}
}

type roundTripper struct {
	t    *Tape
	next http.RoundTripper
}

// RoundTrip records or replays one exchange.
func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	t := r.t
	var source io.Reader
	if req.Body != nil && req.Body != http.NoBody {
		source = req.Body
	}
	content, err := t.requestBody(nil, source)
	if err != nil {
		return nil, err
	}
	if req.URL == nil {
		return nil, errors.New("request without a URL")
	}
	asked := Request{Method: req.Method, URL: withoutFragment(req.URL.String()), Header: req.Header, Body: content}.clone()
	if asked.Method == "" {
		asked.Method = http.MethodGet
	}
	if !t.recording {
		if err := context.Cause(req.Context()); err != nil {
			return nil, err
		}
		k, err := t.lookUp(asked)
		if err != nil {
			return nil, err
		}
		return k.http(req), nil
	}
	k, err := t.begin(asked)
	if err != nil {
		return nil, err
	}
	if source != nil {
		req = req.Clone(req.Context())
		req.ContentLength = int64(len(content))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		req.Body, _ = req.GetBody()
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		t.end(k, dropped)
		return nil, err
	}
	if err := t.listen(k, resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// http gives the response as one of net/http's, to req if that is one.
func (k *known) http(req *http.Request) *http.Response {
	r := &k.Response
	resp := &http.Response{
		Status: strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.Reason), StatusCode: r.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header.Clone(), Body: http.NoBody, Request: req,
	}
	answersHead := k.Request.Method == http.MethodHead
	switch {
	case answersHead:
		resp.ContentLength = -1
		if n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
			resp.ContentLength = n
		}
	case r.Status == http.StatusNoContent || r.Status == http.StatusNotModified:
	default:
		resp.ContentLength = int64(len(r.Body))
		resp.Header.Set("Content-Length", strconv.Itoa(len(r.Body)))
		if len(r.Body) > 0 {
			resp.Body = io.NopCloser(bytes.NewReader(r.Body))
		}
	}
	return resp
}
