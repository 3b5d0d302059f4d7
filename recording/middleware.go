package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp"
)

// errUpgraded is the cause when a connection was handed over to another protocol.
var errUpgraded = errors.New("status 101 cannot be recorded")

// Middleware records or replays what a session sends. Each hop of a redirect is an
// exchange of its own. Compressed bodies are recorded as they are read, so decoded.
// It must stand behind middleware that signs or retries, so that it sees what goes
// over the wire.
func (t *Tape) Middleware(next aiohttp.Handler) aiohttp.Handler {
	return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
		content, err := t.requestBody(req.Bytes, req.Body)
		if err != nil {
			return nil, err
		}
		asked := Request{Method: req.Method, URL: withoutFragment(req.URL), Header: req.Header, Body: content}.clone()
		if asked.Method == "" {
			asked.Method = http.MethodGet
		}
		if !t.recording {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			k, err := t.lookUp(asked)
			if err != nil {
				return nil, err
			}
			return aiohttp.FromHTTP(req, k.http(nil))
		}
		k, err := t.begin(asked)
		if err != nil {
			return nil, err
		}
		if req.Body != nil {
			req.Body, req.ContentLength, req.Bytes = nil, 0, content
		}
		resp, err := next(ctx, req)
		if err != nil {
			t.end(k, dropped)
			return nil, err
		}
		std := resp.HTTP()
		if err := t.listen(k, std); err != nil {
			resp.Close()
			return nil, err
		}
		return aiohttp.FromHTTP(req, std)
	}
}

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

// withoutFragment gives what of a URL is sent.
func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// requestBody reads a request's body, which lies in memory or is read and closed.
func (t *Tape) requestBody(content []byte, source io.Reader) ([]byte, error) {
	if source == nil {
		return content, t.fits(int64(len(content)), "request")
	}
	if closer, ok := source.(io.Closer); ok {
		defer closer.Close()
	}
	content, err := io.ReadAll(io.LimitReader(source, t.opts.maxBodyBytes()+1))
	if err != nil {
		return nil, err
	}
	return content, t.fits(int64(len(content)), "request")
}

// fits refuses bodies that are too large.
func (t *Tape) fits(size int64, of string) error {
	if most := t.opts.maxBodyBytes(); size > most {
		return fmt.Errorf("recording %s: %s body of more than %d bytes", t.path, of, most)
	}
	return nil
}

// listen takes the response of an exchange down, whose body is taken down as it is
// read.
func (t *Tape) listen(k *take, resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		t.end(k, dropped)
		return fmt.Errorf("recording %s: %w", t.path, errUpgraded)
	}
	_, reason, _ := strings.Cut(resp.Status, " ")
	if !plain(reason) {
		reason = ""
	}
	none := k.Request.Method == http.MethodHead || resp.ContentLength == 0 || resp.Body == nil || resp.Body == http.NoBody
	state, content := underway, []byte(nil)
	switch {
	case none:
		state = whole
	case resp.ContentLength > t.opts.maxBodyBytes():
		t.end(k, dropped)
		return t.fits(resp.ContentLength, "response")
	case resp.ContentLength > 0 && resp.ContentLength <= smallBody:
		state, content = readAhead(resp)
	default:
		resp.Body = &listener{ReadCloser: resp.Body, t: t, k: k}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	k.Request.Header = unframed(k.Request.Header, false)
	k.state, k.Response = state, Response{
		Status: resp.StatusCode, Reason: reason, Body: content,
		Header: unframed(resp.Header, k.Request.Method == http.MethodHead),
	}
	return nil
}

// smallBody is up to which length a body is read at once, so that it is recorded
// whatever becomes of it.
const smallBody = 64 << 10

// readAhead reads a small body, and leaves one like it in its place, which fails
// where it has failed.
func readAhead(resp *http.Response) (state, []byte) {
	source := resp.Body
	content, err := io.ReadAll(source)
	if err == nil {
		source.Close()
		resp.Body = io.NopCloser(bytes.NewReader(content))
		return whole, content
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), broken{err}), source}
	return dropped, nil
}

// broken is the rest of a body that cannot be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// unframed gives a copy without the fields that follow from the body.
func unframed(header http.Header, answersHead bool) http.Header {
	kept := http.Header{}
	for name, values := range header {
		if canonical := http.CanonicalHeaderKey(name); !framing(canonical, answersHead) {
			kept[canonical] = append(kept[canonical], values...)
		}
	}
	return kept
}

// listener is a body that is taken down.
type listener struct {
	io.ReadCloser
	t *Tape
	k *take

	mu   sync.Mutex // Close may come while a Read is under way
	text []byte
}

func (l *listener) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	l.mu.Lock()
	l.text = append(l.text, p[:n]...)
	size := int64(len(l.text))
	l.mu.Unlock()
	if tooLarge := l.t.fits(size, "response"); tooLarge != nil {
		l.t.end(l.k, dropped)
		return n, tooLarge
	}
	switch {
	case err == io.EOF:
		l.end(false)
	case err != nil:
		l.t.end(l.k, dropped)
	}
	return n, err
}

// Close ends the body; what was read of it until then is what is recorded.
func (l *listener) Close() error {
	err := l.ReadCloser.Close()
	l.end(true)
	return err
}

func (l *listener) end(cut bool) {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if l.k.state == underway {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.k.state, l.k.Response.Body, l.k.cut = whole, l.text, cut
	}
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
