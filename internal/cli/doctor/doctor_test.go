package doctor_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/doctor"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// resolver answers with addrs, or with err.
type resolver struct {
	addrs []string
	err   error
}

func (r resolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, a := range r.addrs {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return addrs, r.err
}

// serve answers every request with a status and a Date that is off by skew.
func serve(t *testing.T, status int, skew time.Duration) *url.URL {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
		w.Header().Set("Server", "probe\u202e/1")
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	return parse(t, srv.URL)
}

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestExamine(t *testing.T) {
	named := func(u *url.URL) *url.URL {
		v := *u
		v.Host = "probe.example:" + u.Port()
		return &v
	}
	const far = 2 * time.Hour
	tests := []struct {
		name     string
		url      *url.URL
		resolver resolver
		code     exit.Code
		words    string
	}{
		{"fine", serve(t, 200, 0), resolver{}, exit.OK, "nothing to complain about"},
		{"named", named(serve(t, 200, 0)), resolver{addrs: []string{"127.0.0.1"}}, exit.OK, "probe.example has 1 address"},
		{"status", serve(t, 404, 0), resolver{}, exit.ClientError, "404 Not Found: the connection is fine"},
		{"clock-ahead", serve(t, 200, -far), resolver{}, exit.Failed, "our clock is ahead of the server's by 2h00m"},
		{"clock-behind", serve(t, 200, far), resolver{}, exit.Failed, "our clock is behind the server's by 2h00m"},
		{"clock-a-little", serve(t, 200, 20*time.Second), resolver{}, exit.OK, "our clock is behind the server's by"},
		{"status-beats-nothing-worse", serve(t, 503, far), resolver{}, exit.ServerError, "503"},
		{"no-such-host", parse(t, "http://h.example"), resolver{err: &net.DNSError{Err: "no such host", Name: "h.example", IsNotFound: true}},
			exit.DNS, "there is no host of the name h.example"},
		{"dns-times-out", parse(t, "http://h.example"), resolver{err: &net.DNSError{Err: "i/o timeout", IsTimeout: true}},
			exit.Timeout, "the name servers did not answer in time"},
		{"no-addresses", parse(t, "http://h.example"), resolver{}, exit.DNS, "no addresses in the answer"},
		{"one-address-dead", named(serve(t, 200, 0)), resolver{addrs: []string{"127.0.0.1", "127.0.0.9"}}, exit.Failed,
			"127.0.0.9:"},
		{"none-listens", parse(t, "http://127.0.0.1:1"), resolver{}, exit.Connect, "nothing listens on port 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := doctor.Options{Resolver: tt.resolver}
			r := doctor.Examine(t.Context(), tt.url, opts)
			var out strings.Builder
			doctor.Print(tty.Plain(&out), r)
			if r.Code != tt.code {
				t.Errorf("code %d, want %d:\n%s", r.Code, tt.code, out.String())
			}
			if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, tt.words) {
				t.Errorf("%q is not in it:\n%s", tt.words, out.String())
			}
			if strings.ContainsAny(out.String(), "\x1b\u202e") {
				t.Errorf("the server controls the terminal: %q", out.String())
			}
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestExamineMasksPasswords(t *testing.T) {
	u := serve(t, 200, 0)
	u.User = url.UserPassword("me", "topsecret")
	env := func(name string) (string, bool) {
		return "http://me:topsecret@proxy.example", name == "HTTP_PROXY"
	}
	text, err := json.Marshal(doctor.Examine(t.Context(), u, doctor.Options{Lookup: env}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "topsecret") || !strings.Contains(string(text), "proxy.example") {
		t.Errorf("report: %s", text)
	}
}
