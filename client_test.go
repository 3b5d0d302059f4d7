package aiohttp_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
	"github.com/google/go-cmp/cmp"
)

// Both ways of an HTTPClient: the connector's own, and that of a session with
// settings of its own on a shared connector.
func eachClient(t *testing.T, opts aiohttp.Options, run func(t *testing.T, client *http.Client, rec *recorder)) {
	for name, own := range map[string]time.Duration{"shared-settings": 0, "own-settings": time.Minute} {
		t.Run(name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, r *http.Request) {
				if to := r.URL.Query().Get("to"); to != "" {
					http.SetCookie(w, &http.Cookie{Name: "hop", Value: "1", Path: "/"})
					http.Redirect(w, r, to, http.StatusTemporaryRedirect)
					return
				}
				w.Header().Set("Trailer", "X-Sum")
				fmt.Fprint(w, "hello")
				w.Header().Set("X-Sum", "5")
			}
			opts.Timeouts.Head = own
			s := site(t, rec.serve, opts)
			client := s.HTTPClient()
			run(t, client, &rec)
			client.CloseIdleConnections()
			if stats := s.Connector().Stats(); stats.Open != 0 {
				t.Errorf("connections open: %+v", stats)
			}
		})
	}
}

// fetch does a request and reads its answer.
func fetch(t *testing.T, client *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func newRequest(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestHTTPClientSendsTheSessionsFields(t *testing.T) {
	opts := aiohttp.Options{Header: http.Header{"Authorization": {"s"}, "X-One": {"1", "2"}, "Cookie": {"d=1"}, "Accept": {}}}
	eachClient(t, opts, func(t *testing.T, client *http.Client, rec *recorder) {
		req := newRequest(t, "PUT", "http://a.test/p?q", strings.NewReader("body"))
		req.Header.Set("X-Own", "1")
		req.Host = "virtual.test"
		resp, body := fetch(t, client, req)
		if body != "hello" || resp.StatusCode != 200 || resp.Status != "200 OK" || resp.Trailer.Get("X-Sum") != "5" || resp.Request.URL != req.URL {
			t.Errorf("response %+v, body %q", resp, body)
		}
		got, _ := rec.last(t)
		want := seen{
			Method: "PUT", URL: "/p?q", Host: "virtual.test", Body: "body", ContentLength: 4,
			Header: http.Header{
				"Authorization": {"s"}, "X-One": {"1", "2"}, "Cookie": {"d=1"}, "X-Own": {"1"},
				"User-Agent": {"aiohttp-go/" + aiohttp.Version}, "Accept-Encoding": {"gzip"}, "Content-Length": {"4"},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
		if len(req.Header) != 1 {
			t.Errorf("the caller's header was changed: %v", req.Header)
		}
	})
}

func TestHTTPClientSendsTE(t *testing.T) {
	eachClient(t, aiohttp.Options{}, func(t *testing.T, client *http.Client, rec *recorder) {
		req := newRequest(t, "GET", "http://a.test/", nil)
		req.Header.Set("TE", "trailers")
		fetch(t, client, req)
		got, _ := rec.last(t)
		if te, connection := got.Header.Get("Te"), got.Header.Get("Connection"); te != "trailers" || connection != "TE" {
			t.Errorf("TE %q, Connection %q", te, connection)
		}
	})
}

func TestHTTPClientCookiesAreNotDoubled(t *testing.T) {
	eachClient(t, aiohttp.Options{}, func(t *testing.T, client *http.Client, rec *recorder) {
		fetch(t, client, newRequest(t, "GET", "http://a.test/?to=/end", nil))
		fetch(t, client, newRequest(t, "GET", "http://a.test/", nil))
		got, _ := rec.last(t)
		if diff := cmp.Diff([]string{"hop=1"}, got.Header["Cookie"]); diff != "" {
			t.Errorf("Cookie (-want +got):\n%s", diff)
		}
	})
}

func TestHTTPClientKeepsCredentialsWithinTheirOrigin(t *testing.T) {
	// golang/go#70180, golang/go#4800: what net/http does with credentials at a redirect.
	opts := aiohttp.Options{Header: http.Header{"Authorization": {"s"}, "X-Api-Key": {"s"}, "Cookie": {"d=1"}}}
	for name, to := range map[string]string{"b": "http://b.test/", "a-b-a": "http://b.test/?to=http://a.test/2", "same": "/2"} {
		t.Run(name, func(t *testing.T) {
			eachClient(t, opts, func(t *testing.T, client *http.Client, rec *recorder) {
				req := newRequest(t, "POST", "http://a.test/", strings.NewReader("body"))
				req.URL.RawQuery = "to=" + to
				fetch(t, client, req)
				got, _ := rec.last(t)
				for _, field := range []string{"Authorization", "X-Api-Key"} {
					if has := got.Header.Get(field) != ""; has != (name == "same") {
						t.Errorf("%s sent: %v", field, has)
					}
				}
				if strings.Contains(got.Header.Get("Cookie"), "d=1") != (name == "same") || got.Body != "body" {
					t.Errorf("last request %+v", got)
				}
			})
		})
	}
}

func TestHTTPClientRedirects(t *testing.T) {
	for _, test := range []struct {
		most int
		want string
	}{{-1, ""}, {1, "too many redirects"}, {0, "too many redirects"}} {
		s := site(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) }, aiohttp.Options{MaxRedirects: test.most})
		resp, err := s.HTTPClient().Get("http://a.test/")
		if resp != nil {
			resp.Body.Close()
		}
		switch {
		case test.want != "":
			wantError(t, err, test.want)
		case err != nil || resp.StatusCode != 302:
			t.Errorf("%v, %v; want the redirect itself", resp, err)
		}
	}
}

// The session's TLS settings hold on a connector of others as well.
func TestHTTPClientAppliesTheSessionsTLS(t *testing.T) {
	srv := newTLSServer(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	c := connector.New()
	defer c.Close()
	good := aiohttp.NewSession(aiohttp.Options{Connector: c, TLS: trusting(t, srv)})
	for range 2 {
		resp, body := fetch(t, good.HTTPClient(), newRequest(t, "GET", srv.URL, nil))
		if body != "hello" || resp.TLS == nil {
			t.Errorf("%q, TLS %v", body, resp.TLS)
		}
	}
	var bad *trust.CertificateError
	if _, err := aiohttp.NewSession(aiohttp.Options{Connector: c}).HTTPClient().Get(srv.URL); !errors.As(err, &bad) {
		t.Errorf("error %v, want a certificate error", err)
	}
	old, err := trust.New(trust.Options{CAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, MaxVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := good.Get(t.Context(), srv.URL, aiohttp.Request{TLS: old})
	read(t, resp, err)
	if resp.TLS().Version != tls.VersionTLS12 {
		t.Error("the request's own policy was not applied")
	}
}

func TestHTTPClientRefuses(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") }, aiohttp.Options{Timeouts: connector.Timeouts{Head: time.Minute}})
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   string
	}{
		{"method", func(r *http.Request) { r.Method = "G\r\nX" }, "method"},
		{"header", func(r *http.Request) { r.Header["X"] = []string{"a\r\nb"} }, "header"},
		{"scheme", func(r *http.Request) { r.URL.Scheme = "ftp" }, "unsupported scheme"},
		{"trailer", func(r *http.Request) { r.Trailer = http.Header{"X": nil} }, "trailers"},
		{"no-url", func(r *http.Request) { r.URL = nil }, "without a URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := &closer{Reader: strings.NewReader("x")}
			req := newRequest(t, "POST", "http://a.test/", body)
			test.change(req)
			_, err := s.HTTPClient().Transport.RoundTrip(req)
			wantError(t, err, test.want)
			if body.closed.Load() != 1 {
				t.Errorf("body closed %d times, want once", body.closed.Load())
			}
		})
	}
}

func TestHTTPClientCallsTraceHooks(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) {})
	var got bool
	req := newRequest(t, "GET", "http://a.test/", nil)
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got = true }}))
	fetch(t, s.HTTPClient(), req)
	if !got {
		t.Error("GotConn was not called")
	}
}
