package aiohttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/google/go-cmp/cmp"
)

func TestSessionVerbsSendTheirMethod(t *testing.T) {
	var rec recorder
	s := site(t, rec.serve)
	for method, call := range map[string]func(context.Context, string, ...aiohttp.Request) (*aiohttp.Response, error){
		"GET": s.Get, "HEAD": s.Head, "OPTIONS": s.Options, "POST": s.Post, "PUT": s.Put, "PATCH": s.Patch, "DELETE": s.Delete,
	} {
		resp, err := call(t.Context(), "http://a.test/x")
		read(t, resp, err)
		if got, _ := rec.last(t); got.Method != method || resp.Method() != method || got.URL != "/x" || got.Host != "a.test" {
			t.Errorf("%s: sent %s %s to %s", method, got.Method, got.URL, got.Host)
		}
	}
	resp, err := s.Do(t.Context(), aiohttp.Request{Method: "QUERY", URL: "http://a.test/", Text: "q"})
	read(t, resp, err)
	if got, _ := rec.last(t); got.Method != "QUERY" || got.Body != "q" {
		t.Errorf("sent %+v, want QUERY", got)
	}
	resp, err = s.Do(t.Context(), aiohttp.Request{URL: "http://a.test/"})
	read(t, resp, err)
	if got, _ := rec.last(t); got.Method != "GET" {
		t.Errorf("sent %s, want GET for no method", got.Method)
	}
}

func TestSessionDefaultHeader(t *testing.T) {
	auto := http.Header{"User-Agent": {"aiohttp-go/" + aiohttp.Version}, "Accept": {"*/*"}, "Accept-Encoding": {"gzip, deflate, br, zstd"}}
	with := func(changes http.Header) http.Header {
		h := auto.Clone()
		for name, values := range changes {
			if h[name] = values; values == nil {
				delete(h, name)
			}
		}
		return h
	}
	for _, test := range []struct {
		name         string
		session, own http.Header
		want         http.Header
	}{
		{"none", nil, nil, auto},
		{"session", http.Header{"x-one": {"1", "2"}}, nil, with(http.Header{"X-One": {"1", "2"}})},
		{"own", nil, http.Header{"X-Own": {"1"}}, with(http.Header{"X-Own": {"1"}})},
		{"own-wins-in-any-case", http.Header{"X-One": {"1"}}, http.Header{"x-ONE": {"2"}}, with(http.Header{"X-One": {"2"}})},
		{"session-removes-user-agent", http.Header{"user-agent": {}}, nil, with(http.Header{"User-Agent": nil})},
		{"own-removes-user-agent", nil, http.Header{"User-Agent": nil}, with(http.Header{"User-Agent": nil})},
		{"own-removes-all", http.Header{"X-One": {"1"}}, http.Header{"User-Agent": {}, "Accept": {}, "Accept-Encoding": {}, "X-One": {}}, http.Header{}},
		{"accept", nil, http.Header{"Accept": {"text/html"}}, with(http.Header{"Accept": {"text/html"}})},
		{"white-space-around", http.Header{"X-One": {" 1\t"}}, nil, with(http.Header{"X-One": {"1"}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := site(t, rec.serve, aiohttp.Options{Header: test.session})
			resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: test.own})
			read(t, resp, err)
			got, _ := rec.last(t)
			if diff := cmp.Diff(test.want, got.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSessionHostFieldCanBeSet(t *testing.T) {
	var rec recorder
	rec.reply = func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "http://a.test/end", http.StatusFound)
		case "/other":
			http.Redirect(w, r, "http://b.test/end", http.StatusFound)
		}
	}
	s := site(t, rec.serve)
	for path, want := range map[string]string{"end": "virtual.test", "same": "virtual.test", "other": "b.test"} {
		resp, err := s.Get(t.Context(), "http://a.test/"+path, aiohttp.Request{Header: http.Header{"Host": {"virtual.test"}}})
		read(t, resp, err)
		if got, _ := rec.last(t); got.Host != want {
			t.Errorf("%s: Host %q, want %q", path, got.Host, want)
		}
	}
	_, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: http.Header{"Host": {"a\r\nX: y"}}})
	wantError(t, err, `get "http://a.test/": prepare a.test:80: invalid Host field`)
}

func TestSessionRefusesHeaderInjection(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		want string
	}{
		{"value", aiohttp.Request{Header: http.Header{"X": {"a\r\nY: b"}}}, "control character"},
		{"name", aiohttp.Request{Header: http.Header{"X\r\nY": {"a"}}}, "invalid header field name"},
		{"method", aiohttp.Request{Method: "GET / HTTP/1.1\r\nX: y\r\n\r\n"}, "invalid method"},
		{"url", aiohttp.Request{URL: "http://a.test/ HTTP/1.1\r\nX: y"}, "invalid URL"},
		{"host", aiohttp.Request{URL: "http://a.test\r\n/"}, "invalid URL"},
		{"query", aiohttp.Request{URL: "http://a.test/?a b"}, "space or a control character"},
		{"cookie-name", aiohttp.Request{Cookies: []*http.Cookie{{Name: "a b", Value: "c"}}}, "cookie"},
		{"cookie-value", aiohttp.Request{Cookies: []*http.Cookie{{Name: "a", Value: "b; admin=1"}}}, "semicolon"},
		{"cookie-field", aiohttp.Request{Header: http.Header{"Cookie": {"a=b\r\nX: y"}}}, "control character"},
		{"content-length", aiohttp.Request{Header: http.Header{"Content-Length": {"5"}}}, "Content-Length"},
		{"transfer-encoding", aiohttp.Request{Header: http.Header{"transfer-encoding": {"chunked"}}}, "Transfer-Encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.req.URL == "" {
				test.req.URL = "http://a.test/"
			}
			_, err := s.Do(t.Context(), test.req)
			wantError(t, err, test.want)
		})
	}
}

func TestSessionQueryOrder(t *testing.T) {
	var rec recorder
	s := site(t, rec.serve, aiohttp.Options{Query: url.Values{"s": {"2"}}})
	resp, err := s.Get(t.Context(), "http://a.test/?u=1&%7e=x", aiohttp.Request{Query: url.Values{"r": {"3", "4"}, "a b": {"ä&"}}})
	read(t, resp, err)
	if got, _ := rec.last(t); got.URL != "/?u=1&%7e=x&s=2&a+b=%C3%A4%26&r=3&r=4" {
		t.Errorf("sent %s", got.URL)
	}
	if got := resp.URL().String(); got != "http://a.test/?u=1&%7e=x&s=2&a+b=%C3%A4%26&r=3&r=4" {
		t.Errorf("URL %s", got)
	}
}

func TestSessionBaseURL(t *testing.T) {
	for _, test := range []struct{ base, ref, want string }{
		{"http://a.test/v1/", "users", "http://a.test/v1/users"},
		{"http://a.test/v1", "users", "http://a.test/users"},
		{"http://a.test/v1/", "/users", "http://a.test/users"},
		{"http://a.test/v1/", "../users?x=1", "http://a.test/users?x=1"},
		{"http://a.test/v1/", "?x=1", "http://a.test/v1/?x=1"},
		{"http://a.test/v1/", "", "http://a.test/v1/"},
		{"http://a.test/v1/", "//b.test/x", "http://b.test/x"},
		{"http://a.test/v1/", "http://b.test:81/x", "http://b.test:81/x"},
	} {
		s := site(t, func(http.ResponseWriter, *http.Request) {}, aiohttp.Options{BaseURL: test.base})
		resp, err := s.Get(t.Context(), test.ref)
		read(t, resp, err)
		if got := resp.URL().String(); got != test.want {
			t.Errorf("%q on %q: %s, want %s", test.ref, test.base, got, test.want)
		}
	}
}

func TestSessionWithBaseURLKeepsCredentialsWithinItsOrigin(t *testing.T) {
	secrets := http.Header{"Authorization": {"Bearer s"}, "X-Api-Key": {"s"}, "Cookie": {"c=s"}, "X-Plain": {"1"}}
	for _, test := range []struct {
		name, base, url string
		want            bool
	}{
		{"relative", "http://u:p@a.test/", "x", true},
		{"absolute-same", "http://a.test/", "http://a.test/x", true},
		{"other-host", "http://a.test/", "http://b.test/x", false},
		{"other-port", "http://a.test/", "http://a.test:81/x", false},
		{"network-path", "http://u:p@a.test/", "//b.test/x", false},
		{"no-base", "", "http://b.test/x", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := site(t, rec.serve, aiohttp.Options{BaseURL: test.base, Header: secrets, Query: url.Values{"key": {"s"}}})
			for range 2 { // the second time the origin is known
				resp, err := s.Get(t.Context(), test.url)
				read(t, resp, err)
				got, _ := rec.last(t)
				for _, name := range []string{"Authorization", "X-Api-Key", "Cookie"} {
					if has := got.Header.Get(name) != ""; has != test.want {
						t.Errorf("%s sent: %v, want %v", name, has, test.want)
					}
				}
				if has := strings.Contains(got.URL, "key=s"); has != test.want {
					t.Errorf("query sent: %v, want %v", has, test.want)
				}
				if got.Header.Get("X-Plain") != "1" {
					t.Error("a field that is no credential was not sent")
				}
			}
		})
	}
}

func TestSessionURLCredentials(t *testing.T) {
	var rec recorder
	s := site(t, rec.serve, aiohttp.Options{Header: http.Header{"Authorization": {"Bearer s"}}})
	for _, test := range []struct {
		name string
		own  http.Header
		want []string
	}{
		{"before-the-session's", nil, []string{"Basic dTpw"}},
		{"behind-the-request's", http.Header{"authorization": {"Own"}}, []string{"Own"}},
		{"removed", http.Header{"Authorization": {}}, nil},
	} {
		resp, err := s.Get(t.Context(), "http://u:p@a.test/", aiohttp.Request{Header: test.own})
		read(t, resp, err)
		got, _ := rec.last(t)
		if diff := cmp.Diff(test.want, got.Header["Authorization"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestSessionReportsBadOptionsWithEachRequest(t *testing.T) {
	for _, test := range []struct {
		name string
		opts aiohttp.Options
		want string
	}{
		{"base", aiohttp.Options{BaseURL: "http://u:secret@a.test:x/"}, `invalid Options.BaseURL "http://xxxxx@a.test:x/": invalid URL`},
		{"base-scheme", aiohttp.Options{BaseURL: "ftp://a.test/"}, `unsupported scheme "ftp"`},
		{"base-relative", aiohttp.Options{BaseURL: "/v1/"}, "URL without a scheme"},
		{"header", aiohttp.Options{Header: http.Header{"A": {"b\n"}}}, "control character"},
		{"framing", aiohttp.Options{Header: http.Header{"content-length": {"1"}}}, "cannot be a default"},
		{"twice", aiohttp.Options{Header: http.Header{"A": {"1"}, "a": {"2"}}}, "two spellings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(http.ResponseWriter, *http.Request) {}, test.opts)
			body := &closer{Reader: strings.NewReader("x")}
			_, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: body})
			wantError(t, err, test.want)
			if body.closed.Load() != 1 {
				t.Errorf("body closed %d times, want once", body.closed.Load())
			}
			if _, err := s.HTTPClient().Get("http://a.test/"); err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("HTTPClient: error %v", err)
			}
		})
	}
}

func TestSessionClosed(t *testing.T) {
	s := aiohttp.NewSession()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Get(t.Context(), "http://a.test/")
	if !errors.Is(err, aiohttp.ErrClosed) || err.Error() != `get "http://a.test/": prepare: session is closed` {
		t.Errorf("error %v", err)
	}
	shared := site(t, func(http.ResponseWriter, *http.Request) {})
	shared.Close()
	if _, err := shared.HTTPClient().Get("http://a.test/"); !errors.Is(err, aiohttp.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
}

func TestSessionPanicsOnMisuse(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) {})
	for name, misuse := range map[string]func(){
		"options": func() { aiohttp.NewSession(aiohttp.Options{}, aiohttp.Options{}) },
		"request": func() { s.Get(t.Context(), "http://a.test/", aiohttp.Request{}, aiohttp.Request{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			misuse()
		}()
	}
}

func TestSessionTimeoutsAreMergedFieldByField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := network(t, aiohttp.Options{Timeouts: connector.Timeouts{Head: 3 * time.Second, Connect: time.Second}})
		ln, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		for _, test := range []struct {
			own  connector.Timeouts
			want time.Duration
		}{
			{connector.Timeouts{}, 3 * time.Second},
			{connector.Timeouts{TLS: time.Second}, 3 * time.Second},
			{connector.Timeouts{Head: 2 * time.Second}, 2 * time.Second},
		} {
			start := time.Now()
			_, err = s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: test.own})
			var e *aiohttp.Error
			if !errors.As(err, &e) || e.Phase != connector.PhaseHead || !e.Timeout() || time.Since(start) != test.want {
				t.Errorf("after %v: %v; want a head time-out after %v", time.Since(start), err, test.want)
			}
		}
		n.Blackhole("a.test:80")
		start := time.Now()
		_, err = s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Head: 2 * time.Second}})
		if time.Since(start) != time.Second {
			t.Errorf("after %v: %v; want a connect time-out after 1s", time.Since(start), err)
		}
	})
}

func TestSessionErrorText(t *testing.T) {
	s, n := network(t)
	n.SetHost("a.test")
	for _, test := range []struct{ url, want string }{
		{"http://u:secret@a.test/p?token=secret&x=1#f", `get "http://u:xxxxx@a.test/p?token=xxxxx&x=1#f": `},
		{"http://a.test/?X-Amz-Signature=secret&sig%6eature=secret", `get "http://a.test/?X-Amz-Signature=xxxxx&sig%6eature=xxxxx": `},
		{"http://u:secret@a.test:port/", `get "http://xxxxx@a.test:port/": prepare: invalid URL`},
		{"http://u:sec@ret@[::1/", `get "http://xxxxx@[::1/": prepare: invalid URL`},
		{"http://[::1/", `get "http://[::1/": prepare: invalid URL: missing ']' in host`},
		{"http://a.test/?token=sec ret%zz", `get "http://a.test/?token=xxxxx": prepare: URL has a space`},
		{"/x", `get "/x": prepare: URL without a scheme (set Options.BaseURL for relative ones)`},
		{"a.test:80/x", `get "a.test:80/x": prepare: unsupported scheme "a.test"; a host and port need "http://"`},
		{"127.0.0.1:80/x", `get "127.0.0.1:80/x": prepare: invalid URL: an address and port need "http://" or "https://" before them`},
		{"[::1]:80", `get "[::1]:80": prepare: invalid URL: an address and port need`},
		{"u:80@a.test/", `get "u:xxxxx@a.test/": prepare: unsupported scheme "u"`},
		{"ftp://u:secret@a.test/", `get "ftp://u:xxxxx@a.test/": prepare: unsupported scheme "ftp"`},
	} {
		_, err := s.Get(t.Context(), test.url)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec@ret") || strings.Contains(err.Error(), "sec ret") {
			t.Errorf("%s:\n got %v\nwant %s", test.url, err, test.want)
		}
		var outer *url.Error
		var inner *aiohttp.Error
		if !errors.As(err, &outer) || !errors.As(err, &inner) {
			t.Errorf("%s: error of type %T", test.url, err)
		}
	}
}

func TestSessionContextEnds(t *testing.T) {
	s := site(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	cause := errors.New("changed my mind")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := s.Get(ctx, "http://a.test/"); !errors.Is(err, cause) {
		t.Errorf("error %v, want the cause", err)
	}
}

// Changing the options later has no effect.
func TestSessionCopiesOptions(t *testing.T) {
	header, query := http.Header{"X-One": {"1"}}, url.Values{"a": {"1"}}
	var rec recorder
	s := site(t, rec.serve, aiohttp.Options{Header: header, Query: query})
	header["X-One"][0], header["X-Two"] = "changed", []string{"2"}
	query.Set("b", "2")
	resp, err := s.Get(t.Context(), "http://a.test/")
	read(t, resp, err)
	got, _ := rec.last(t)
	if got.URL != "/?a=1" || got.Header.Get("X-One") != "1" || got.Header.Get("X-Two") != "" {
		t.Errorf("sent %s, %v", got.URL, got.Header)
	}
	fetch(t, s.HTTPClient(), newRequest(t, "GET", "http://a.test/", nil))
	if got, _ := rec.last(t); got.Header.Get("X-One") != "1" || got.Header.Get("X-Two") != "" {
		t.Errorf("HTTPClient sent %v", got.Header)
	}
}

// The timings are those of the last exchange.
func TestRequestTimings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := site(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				time.Sleep(5 * time.Second)
				http.Redirect(w, r, "/end", http.StatusFound)
				return
			}
			time.Sleep(2 * time.Second)
		})
		var timings connector.Timings
		resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timings: &timings})
		read(t, resp, err)
		if timings.Wait != 2*time.Second || !timings.Reused || timings.Total() != 2*time.Second {
			t.Errorf("timings %+v, want a wait of 2s on a connection that is used again", timings)
		}
	})
}

// The hooks of net/http/httptrace see what a session does.
func TestSessionCallsTheTraceHooksOfItsContext(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(http.StatusEarlyHints)
	})
	var events []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GetConn: func(addr string) { events = append(events, "get "+addr) },
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			events = append(events, strconv.Itoa(code)+" "+header.Get("Link"))
			return nil
		},
	})
	resp, err := s.Get(ctx, "http://a.test/")
	read(t, resp, err)
	if diff := cmp.Diff([]string{"get a.test:80", "103 </style.css>"}, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
