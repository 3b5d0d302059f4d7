package aiohttp_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// panickingJar is a jar that takes no cookies.
type panickingJar struct{ http.CookieJar }

func (panickingJar) Cookies(*url.URL) []*http.Cookie     { return nil }
func (panickingJar) SetCookies(*url.URL, []*http.Cookie) { panic("jar") }

// TestPanicGivesTheConnectionBack has functions of the program's panic when the head
// of an answer has come, whose body nobody can close then.
func TestPanicGivesTheConnectionBack(t *testing.T) {
	for want, o := range map[string]aiohttp.Options{
		"jar": {Jar: panickingJar{}},
		"chunk": {RaiseForStatus: true, Trace: []*tracing.Trace{{
			OnResponseChunkReceived: func(*tracing.Call, tracing.ResponseChunkReceived) { panic("chunk") },
		}}},
	} {
		t.Run(want, func(t *testing.T) {
			s, n := network(t, o)
			ln, err := n.Listen("a.test:80")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			panicked := make(chan any, 1)
			go func() {
				defer func() { panicked <- recover() }()
				s.Get(t.Context(), "http://a.test/")
			}()
			peer := testnet.Accept(t, ln)
			defer peer.Close()
			peer.WantHead()
			peer.Write("HTTP/1.1 500 Sorry\r\nSet-Cookie: a=b\r\nContent-Length: 1000000\r\n\r\nhello")
			if got := <-panicked; got != want {
				t.Errorf("got %v", got)
			}
			if stats := s.Connector().Stats(); stats != (connector.Stats{}) {
				t.Errorf("kept: %+v", stats)
			}
		})
	}
}
