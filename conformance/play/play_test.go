package play_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/play"
	"github.com/aiohttp-go/aiohttp/conformance/vector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// sender is a client made of one function.
type sender func(*http.Request) (*http.Response, error)

func (s sender) Send(req *http.Request, _ bool) (*http.Response, error) { return s(req) }
func (s sender) Close() error                                           { return nil }

func target(open func(dial play.DialFunc) sender) *play.Target {
	return &play.Target{Name: "test", Open: func(dial play.DialFunc, _ bool) play.Client { return open(dial) }}
}

// plain is net/http with a connection for each request.
func plain(dial play.DialFunc) sender {
	return (&http.Transport{DialContext: dial, DisableKeepAlives: true}).RoundTrip
}

// canned is a client that gives the same answer to everything.
func canned(play.DialFunc) sender {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok"))}, nil
	}
}

func broken(play.DialFunc) sender {
	return func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }
}

func panicking(play.DialFunc) sender {
	return func(*http.Request) (*http.Response, error) { panic("on purpose") }
}

// TestRunFindsFault holds that no client passes by doing the wrong thing.
func TestRunFindsFault(t *testing.T) {
	yes := true
	okay := vector.Client{
		ID: "okay", Method: "GET", Request: &vector.Request{}, Repeat: 1, Expect: "ok",
		Script: []vector.Op{
			{Op: "send", Data: []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), Repeat: 1}, {Op: "keep"},
		},
		Parsed: &vector.Parsed{Status: 200, Body: []byte("ok")},
	}
	with := func(change func(v *vector.Client)) *vector.Client {
		v := okay
		change(&v)
		return &v
	}
	for _, tt := range []struct {
		name   string
		vector *vector.Client
		open   func(play.DialFunc) sender
		want   play.Verdict
		why    string
	}{
		{"right", &okay, plain, play.Pass, ""},
		{"refused", &okay, broken, play.Fail, "refused what must be accepted"},
		{"panic", &okay, panicking, play.Fail, "the client panicked"},
		{"accepted", with(func(v *vector.Client) { v.Expect = "error" }), plain, play.Fail, "accepted what must be refused"},
		{"status", with(func(v *vector.Client) { v.Parsed = &vector.Parsed{Status: 204} }), plain, play.Fail, "status 200, want 204"},
		{"body", with(func(v *vector.Client) { v.Parsed = &vector.Parsed{Status: 200, Body: []byte("no")} }), plain, play.Fail, `body "ok"`},
		{"field", with(func(v *vector.Client) {
			v.Parsed = &vector.Parsed{Status: 200, HeadersAbsent: []string{"content-length"}}
		}), plain, play.Fail, "must be absent"},
		{"not-sent", with(func(v *vector.Client) { v.Wire = []vector.Wire{{Index: 0}} }), canned, play.Fail, "request 0 was not sent"},
		{"wire", with(func(v *vector.Client) { v.Wire = []vector.Wire{{NotMatch: []string{"^GET"}}} }), plain, play.Fail, "request 0 matches ^GET"},
		{"poisoned", with(func(v *vector.Client) { v.Follow = &vector.Follow{} }), canned, play.Fail, "POISONED"},
		{"no-reuse", with(func(v *vector.Client) { v.Follow = &vector.Follow{SameConn: &yes} }), plain, play.Weak, "the connection was not reused"},
		{"lacks", with(func(v *vector.Client) { v.Caps = []vector.Capability{vector.GzipDecoding} }), plain, play.Fail, "the client lacks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := play.Run(target(tt.open), tt.vector)
			if o.Verdict != tt.want || !strings.Contains(o.Why, tt.why) {
				t.Errorf("got %v, %q; want %v with %q", o.Verdict, o.Why, tt.want, tt.why)
			}
		})
	}
}

func TestTable(t *testing.T) {
	var table play.Table
	table.Add("b", play.Outcome{Verdict: play.Pass, Accepted: true}, "accept", false)
	table.Add("a", play.Outcome{Verdict: play.Fail}, "", true)
	table.Add("b", play.Outcome{Verdict: play.Weak, Accepted: true}, "reject", false)
	const want = `| category | vectors | pass | weak | fail | of these excluded | hardened, where there is a choice |
|---|--:|--:|--:|--:|--:|--:|
| b | 2 | 1 | 1 | 0 | 0 | 1 of 2 |
| a | 1 | 0 | 0 | 1 | 1 |  |
| **all** | 3 | 1 | 1 | 1 | 1 | 1 of 2 |
`
	if got := table.String(); got != want || table.Played() != 3 {
		t.Errorf("got %d played\n%s\nwant\n%s", table.Played(), got, want)
	}
}
