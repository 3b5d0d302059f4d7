package aiohttp_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// ReadAhead keeps what it has read, whatever reads it then.
func TestReadAheadKeepsWhatItHasRead(t *testing.T) {
	const text = "hello, world"
	for _, test := range []struct {
		name  string
		body  io.Reader
		known int64
		limit int64
		whole bool
		after int // of how many bytes the source was asked
	}{
		{"whole", strings.NewReader(text), -1, 100, true, len(text)},
		{"whole-at-the-limit", strings.NewReader(text), -1, int64(len(text)), true, len(text)},
		{"longer", strings.NewReader(text), -1, 5, false, -1},
		{"known-longer", strings.NewReader(text), int64(len(text)), 5, false, 0},
		{"known", strings.NewReader(text), int64(len(text)), 12, true, len(text)},
		{"by-bytes", iotest.OneByteReader(strings.NewReader(text)), -1, 5, false, -1},
		{"no-limit", strings.NewReader(text), -1, 0, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := &counted{Reader: test.body}
			resp, err := aiohttp.FromHTTP(&aiohttp.Request{URL: "http://a.test/"}, &http.Response{
				StatusCode: 200, Header: http.Header{}, ContentLength: max(test.known, 0), Body: io.NopCloser(src),
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second finds what the first has read
				if whole, err := resp.ReadAhead(test.limit); whole != test.whole || err != nil {
					t.Fatalf("got %v, %v", whole, err)
				}
			}
			if test.after >= 0 && src.n != test.after {
				t.Errorf("%d bytes were read, want %d", src.n, test.after)
			}
			if got, err := resp.Text(); got != text || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
			if whole, err := resp.ReadAhead(1); !whole || err != nil {
				t.Errorf("of what is held: %v, %v", whole, err)
			}
		})
	}
}

type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// A body that breaks off is an error, once; a closed response gives nothing of what
// was read ahead.
func TestReadAheadOfWhatFails(t *testing.T) {
	made := func() *aiohttp.Response {
		body := io.NopCloser(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(errSource)))
		resp, err := aiohttp.FromHTTP(&aiohttp.Request{URL: "http://a.test/"}, &http.Response{StatusCode: 200, Header: http.Header{}, Body: body})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	resp := made()
	if whole, err := resp.ReadAhead(100); whole || !errors.Is(err, errSource) {
		t.Errorf("got %v, %v", whole, err)
	}
	resp.Close()
	resp = made()
	if whole, err := resp.ReadAhead(3); whole || err != nil {
		t.Errorf("got %v, %v", whole, err)
	}
	resp.Close()
	if n, err := resp.Read(make([]byte, 10)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("got %d, %v", n, err)
	}
}

var errSource = errors.New("the source has failed")

// Each middleware may have a limit of its own.
func TestReadAheadKeepsWhatALongerOneHasRead(t *testing.T) {
	text := strings.Repeat("0123456789", 100)
	for _, test := range []struct{ first, second int64 }{{100, 10}, {2000, 10}, {10, 100}, {10, 2000}, {700, 600}} {
		resp, err := aiohttp.FromHTTP(&aiohttp.Request{URL: "http://a.test/"}, &http.Response{
			StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int64{test.first, test.second} {
			if whole, err := resp.ReadAhead(limit); whole != (limit >= int64(len(text))) || err != nil {
				t.Errorf("%v: got %v, %v", test, whole, err)
			}
		}
		if got, err := resp.Text(); got != text || err != nil {
			t.Errorf("%v: got %d bytes, %v", test, len(got), err)
		}
	}
}

// A body that breaks off while it is read ahead is a failure for those who are told
// of the exchange, too.
func TestReadAheadTellsTheTraceOfAFailure(t *testing.T) {
	srv := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "hello")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	var ends signals
	s := aiohttp.NewSession(aiohttp.Options{
		Trace: []*tracing.Trace{ends.trace()},
		Middleware: []aiohttp.Middleware{observe(func(_ *aiohttp.Request, r *aiohttp.Response) {
			if _, err := r.ReadAhead(100); err == nil {
				t.Error("no error")
			}
			r.Close()
		})},
	})
	defer s.Close()
	if _, err := s.Get(t.Context(), srv.URL); err != nil {
		t.Fatal(err)
	}
	if e := first[tracing.ExchangeEnd](t, &ends); e.Complete || !errors.Is(e.Err, io.ErrUnexpectedEOF) {
		t.Errorf("got %+v", e)
	}
}
