package aiohttp_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// Fields that say how the connection is used, as they go on the wire.
func TestRequestConnectionFields(t *testing.T) {
	for _, test := range []struct {
		name   string
		req    aiohttp.Request
		want   []string
		reused bool
	}{
		{"none", aiohttp.Request{}, nil, true},
		{"close", aiohttp.Request{Header: http.Header{"connection": {"foo, Close"}}}, []string{"Connection: foo", "Connection: close"}, false},
		{"close-and-te", aiohttp.Request{Header: http.Header{"Connection": {"TE", " CLOSE ,\tclose"}, "Te": {"trailers"}}}, []string{"Connection: TE", "Te: trailers", "Connection: close"}, false},
		{"te", aiohttp.Request{Header: http.Header{"TE": {"trailers"}}}, []string{"Te: trailers", "Connection: TE"}, true},
		{"te-named", aiohttp.Request{Header: http.Header{"TE": {"trailers"}, "connection": {"x, te"}}}, []string{"Te: trailers", "Connection: x, te"}, true},
		{"keep-alive", aiohttp.Request{Header: http.Header{"Connection": {"keep-alive"}}}, []string{"Connection: keep-alive"}, true},
		{"upgrade", aiohttp.Request{Header: http.Header{"Connection": {"upgrade"}, "Upgrade": {"echo"}}}, []string{"Connection: upgrade", "Upgrade: echo"}, true},
		{"expect", aiohttp.Request{Header: http.Header{"Expect": {"100-Continue"}}, Text: "x"}, []string{"Expect: 100-continue"}, false},
		{"in-order", aiohttp.Request{Header: http.Header{"B": {"2"}, "A": {"1"}, "C": {"3", "4"}}}, []string{"A: 1\r\nB: 2\r\nC: 3\r\nC: 4"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, n := network(t)
			ln, err := n.Listen("a.test:80")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			done := make(chan error, 1)
			go func() {
				resp, err := s.Get(t.Context(), "http://a.test/", test.req)
				if err == nil {
					_, err = resp.Bytes()
				}
				done <- err
			}()
			peer := testnet.Accept(t, ln)
			head := peer.WantHead()
			for _, want := range test.want {
				if strings.Count(head, want+"\r\n") != 1 {
					t.Errorf("head %q, want %q once", head, want)
				}
			}
			peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if idle := s.Connector().Stats().Idle == 1; idle != test.reused {
				t.Errorf("connection kept: %v, want %v", idle, test.reused)
			}
		})
	}
}

// A request that bears an Idempotency-Key may be sent twice.
func TestRequestIdempotencyKeyMakesRetrySafe(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for key, want := range map[string]bool{"": false, "k": true} {
		header := http.Header{}
		if key != "" {
			header.Set("Idempotency-Key", key)
		}
		_, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "x", Header: header})
		if err == nil || aiohttp.SafeToRetry(err) != want {
			t.Errorf("key %q: %v, safe to retry: %v", key, err, aiohttp.SafeToRetry(err))
		}
	}
}

func TestResponseHTTPUpgraded(t *testing.T) {
	s, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	got := make(chan string, 1)
	go func() {
		resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"echo"}}})
		if err != nil {
			got <- err.Error()
			return
		}
		std := resp.HTTP()
		defer std.Body.Close()
		fmt.Fprint(std.Body.(io.Writer), "ping")
		buf := make([]byte, 4)
		io.ReadFull(std.Body, buf)
		got <- fmt.Sprint(std.StatusCode, " ", string(buf))
	}()
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	peer.WantRead("ping")
	peer.Write("pong")
	if text := <-got; text != "101 pong" {
		t.Errorf("got %q", text)
	}
}

func TestResponseHTTPCopies(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum, Content-Length")
		io.WriteString(w, "hello")
		w.Header().Set("X-Sum", "5")
	})
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	std := resp.HTTP()
	defer std.Body.Close()
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, std.Body); err != nil || buf.String() != "hello" {
		t.Errorf("%q, %v", &buf, err)
	}
	if len(std.Trailer) != 1 || std.Trailer.Get("X-Sum") != "5" {
		t.Errorf("trailer %v", std.Trailer)
	}
}
