package aiohttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
)

// Flaws that other clients had, and complaints about them, each by its name in
// docs/complaints.md.

// anyJar is a jar of others' that gives whatever it was made of.
type anyJar []*http.Cookie

func (anyJar) SetCookies(*url.URL, []*http.Cookie) {}
func (j anyJar) Cookies(*url.URL) []*http.Cookie   { return j }

// CVE-2020-15111, CVE-2023-29406, CVE-2023-49081, CVE-2023-49082, CVE-2026-34514,
// CVE-2026-50269, GO-2023-1737, aio-libs/aiohttp#12689: whatever a program passes
// on stays in its place, or is an error. What arrives is one request, without the
// field that was smuggled in.
func TestSessionNothingBreaksOutOfItsPlace(t *testing.T) {
	doors := map[string]func(x string, o *aiohttp.Options, r *aiohttp.Request){
		"method":       func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Method = "GET" + x },
		"url":          func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL += x },
		"url-query":    func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL += "?q=" + x },
		"url-fragment": func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL += "#" + x },
		"url-host":     func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL = "http://a.test" + x + "/" },
		"url-port":     func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL = "http://a.test:80" + x + "/" },
		"url-user": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.URL = "http://u" + url.PathEscape(x) + "@a.test/"
		},
		"url-path-escaped":    func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.URL += url.PathEscape(x) },
		"base-url":            func(x string, o *aiohttp.Options, r *aiohttp.Request) { o.BaseURL, r.URL = "http://a.test/"+x, "y" },
		"session-query":       func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Query = url.Values{x: {x}} },
		"query":               func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Query = url.Values{x: {x}} },
		"session-field-name":  func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Header = http.Header{"A" + x: {"b"}} },
		"session-field-value": func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Header = http.Header{"A": {"b" + x}} },
		"session-cookie":      func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Header = http.Header{"Cookie": {"b" + x}} },
		"session-user-agent":  func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Header = http.Header{"User-Agent": {x}} },
		"field-name":          func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Header = http.Header{"A" + x: {"b"}} },
		"field-value":         func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Header = http.Header{"A": {"b" + x}} },
		"host-field":          func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Header = http.Header{"Host": {"a.test" + x}} },
		"connection": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Header = http.Header{"Connection": {"x" + x}}
		},
		"upgrade": func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Header = http.Header{"Upgrade": {"x" + x}} },
		"content-type": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Text, r.Header = "t", http.Header{"Content-Type": {"a/b" + x}}
		},
		"cookie-name": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Cookies = []*http.Cookie{{Name: "a" + x, Value: "b"}}
		},
		"cookie-value": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Cookies = []*http.Cookie{{Name: "a", Value: "b" + x}}
		},
		"cookie-quoted": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Cookies = []*http.Cookie{{Name: "a", Value: x, Quoted: true}}
		},
		"cookie-field": func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Header = http.Header{"Cookie": {"b" + x}} },
		"jar-name":     func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Jar = anyJar{{Name: "a" + x, Value: "b"}} },
		"jar-value":    func(x string, o *aiohttp.Options, _ *aiohttp.Request) { o.Jar = anyJar{{Name: "a", Value: "b" + x}} },
		"form":         func(x string, _ *aiohttp.Options, r *aiohttp.Request) { r.Form = url.Values{x: {x}} },
		"part-name": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Multipart = form.New().AddBytes("a"+x, "f", []byte("c"))
		},
		"part-file-name": func(x string, _ *aiohttp.Options, r *aiohttp.Request) {
			r.Multipart = form.New().AddBytes("a", "f"+x, []byte("c"))
		},
	}
	const field = "X-Smuggled: 1"
	for name, open := range doors {
		t.Run(name, func(t *testing.T) {
			for _, x := range []string{
				"\r\n" + field + "\r\nA: ", "\n" + field + "\n", "\r" + field + "\r", "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n",
				" HTTP/1.1\r\n" + field + "\r\n\r\n", "\x00", "\x7f", "\r\n", "\n", "\r", "\t\r\n " + field, "\u2028" + field, "\u010d\u010a" + field, "\xc4\x8d\xc4\x8a", "; smuggled=1",
			} {
				if x[0] == ';' && (name == "cookie-field" || name == "session-cookie") {
					continue // a whole field is the program's own
				}
				var o aiohttp.Options
				r := aiohttp.Request{Method: "POST", URL: "http://a.test/"}
				open(x, &o, &r)
				var rec recorder
				s := site(t, rec.serve, o)
				resp, err := s.Do(t.Context(), r)
				if err != nil {
					if text := err.Error(); strings.ContainsAny(text, "\r\n\x00\x7f") {
						t.Errorf("%q: error %q", x, text)
					}
					if rec.count() > 0 {
						t.Errorf("%q: refused after it was sent: %v", x, err)
					}
					continue
				}
				read(t, resp, err)
				resp, err = s.Get(t.Context(), "http://a.test/next") // what was smuggled would be answered first
				read(t, resp, err)
				if rec.count() != 2 {
					t.Errorf("%q: %d requests arrived, want 2", x, rec.count())
				}
				for _, got := range rec.all {
					for pair := range strings.SplitSeq(got.Header.Get("Cookie"), ";") {
						if strings.TrimSpace(pair) == "smuggled=1" {
							t.Errorf("%q: the cookies %q arrived", x, got.Header.Get("Cookie"))
						}
					}
					for name, values := range got.Header {
						if strings.Contains(name, "Smuggled") || strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
							t.Errorf("%q: %s: %q arrived", x, name, values)
						}
					}
				}
			}
		})
	}
}

// count gives how many requests have arrived.
func (rec *recorder) count() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.all)
}

// CVE-2024-6104 and golang/go#74994: no error of a session shows a password, a
// key or a cookie, of the caller's or in a URL that a server has named.
func TestSessionErrorsHoldNoSecrets(t *testing.T) {
	const hush = "hunter2"
	const u = "http://u:" + hush + "@a.test/?token=" + hush + "&sig=" + hush
	redirect := func(location string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{location}
			w.Header()["Set-Cookie"] = []string{"k=" + hush}
			w.WriteHeader(302)
		}
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		options aiohttp.Options
		req     aiohttp.Request
	}{
		"bad-value":          {req: aiohttp.Request{URL: u, Header: http.Header{"Authorization": {hush + "\n"}}}},
		"bad-cookie":         {req: aiohttp.Request{URL: u, Cookies: []*http.Cookie{{Name: "k", Value: hush + ";"}}}},
		"bad-cookie-field":   {req: aiohttp.Request{URL: u, Header: http.Header{"Cookie": {hush + "\n"}}}},
		"bad-session-field":  {options: aiohttp.Options{Header: http.Header{"X-Api-Key": {hush + "\r"}}}, req: aiohttp.Request{URL: u}},
		"bad-base":           {options: aiohttp.Options{BaseURL: "http://" + hush + "@a.test:x/?key=" + hush}, req: aiohttp.Request{URL: u}},
		"bad-port":           {req: aiohttp.Request{URL: "http://a.test:x/?token=" + hush}},
		"bad-escape":         {req: aiohttp.Request{URL: "http://a.test/%zz?token=" + hush}},
		"bad-host":           {req: aiohttp.Request{URL: "http://" + hush + ":@[::1"}},
		"bad-query":          {req: aiohttp.Request{URL: "http://a.test/?token=" + hush + " x"}},
		"token-as-user":      {req: aiohttp.Request{URL: "ftp://" + hush + "@a.test/"}},
		"opaque":             {req: aiohttp.Request{URL: "http:u:" + hush + "@a.test/"}},
		"no-scheme":          {req: aiohttp.Request{URL: "//a.test/?token=" + hush}},
		"unencodable":        {req: aiohttp.Request{URL: u, JSON: func() {}}},
		"redirect-scheme":    {handler: redirect("ftp://u:" + hush + "@b.test/?token=" + hush), req: aiohttp.Request{URL: u}},
		"redirect-fragment":  {handler: redirect("myapp://cb#access_token=" + hush), req: aiohttp.Request{URL: u}},
		"redirect-invalid":   {handler: redirect("http://b.test:x/?token=" + hush), req: aiohttp.Request{URL: u}},
		"redirect-bad-host":  {handler: redirect("http://xn--a.test/?token=" + hush), req: aiohttp.Request{URL: u}},
		"redirect-for-ever":  {handler: redirect("/?token=" + hush), req: aiohttp.Request{URL: u}},
		"status":             {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, options: aiohttp.Options{RaiseForStatus: true}, req: aiohttp.Request{URL: u}},
		"closed-by-peer":     {handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, req: aiohttp.Request{URL: u}},
		"two-bodies":         {req: aiohttp.Request{URL: u, Text: hush, Bytes: []byte(hush)}},
		"file-without-file":  {req: aiohttp.Request{URL: u, File: "/no/such/file"}},
		"content-length-own": {req: aiohttp.Request{URL: u, Header: http.Header{"Content-Length": {hush}}}},
	} {
		t.Run(name, func(t *testing.T) {
			handler := test.handler
			if handler == nil {
				handler = func(http.ResponseWriter, *http.Request) {}
			}
			s := site(t, handler, test.options)
			_, err := s.Do(t.Context(), test.req)
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), hush) {
					t.Errorf("%T shows a secret: %v", e, e)
				}
			}
			if err == nil {
				t.Error("no error")
			}
		})
	}
}

// CVE-2026-42507: what a server wrote does not steer a terminal by way of an
// error.
func TestStatusErrorQuotesTheReason(t *testing.T) {
	for reason, want := range map[string]string{
		"Not Found":      "status 404 Not Found",
		"Nicht gefünden": "status 404 Nicht gefünden",
		"\u009b2J":       `status 404 "\u009b2J"`,
		"a\u202eb":       `status 404 "a\u202eb"`,
		"\x9b2J":         `status 404 "\x9b2J"`,
		`say "a"`:        `status 404 "say \"a\""`,
	} {
		e := &aiohttp.StatusError{Status: 404, Reason: reason, Method: "GET", URL: "http://a.test/"}
		if got := e.Error(); got != `get "http://a.test/": `+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// CVE-2025-58186: a hundred thousand cookies in one head stop at the limits of a
// head, in the jar at those of the jar.
func TestSessionCookieFloodIsBounded(t *testing.T) {
	flood := func(n int) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + strings.Repeat("Set-Cookie: a=;\r\n", n) + "\r\n"
	}
	for _, test := range []struct {
		n       int
		refused bool
	}{{127, false}, {128, true}, {100_000, true}} {
		s := answering(t, flood(test.n))
		_, err := s.Get(t.Context(), "http://a.test/")
		if refused := err != nil; refused != test.refused {
			t.Errorf("%d cookies: %v", test.n, err)
		}
	}
}

// answering gives a session on a network where a.test says one thing to
// everybody.
func answering(t *testing.T, answer string) *aiohttp.Session {
	s, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	var peer sync.WaitGroup
	peer.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			peer.Go(func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.WriteString(conn, answer)
				}
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		s.Connector().Close()
		peer.Wait()
	})
	return s
}

// CVE-2026-42499, CVE-2026-56860 and CVE-2025-61724: what a server may write into
// a head takes work in proportion to its length. Work that grows with the square
// of it would not end before the test's time does.
func TestSessionLongFieldsTakeLinearWork(t *testing.T) {
	for name, field := range map[string]string{
		"location-up":         "Location: " + strings.Repeat("../", 80_000) + "\r\n",
		"location-dots":       "Location: /" + strings.Repeat("./", 120_000) + "\r\n",
		"location-slashes":    "Location: /x" + strings.Repeat("/", 250_000) + "\r\n",
		"location-escapes":    "Location: /" + strings.Repeat("%41", 80_000) + "\r\n",
		"location-query":      "Location: /?" + strings.Repeat("a&", 120_000) + "\r\n",
		"location-host":       "Location: http://" + strings.Repeat("a.", 120_000) + "test/\r\n",
		"location-a-labels":   "Location: http://" + strings.Repeat("xn--bcher-kva.", 15_000) + "test/\r\n",
		"location-at":         "Location: http://" + strings.Repeat("@", 250_000) + "\r\n",
		"content-type":        "Content-Type: text/html" + strings.Repeat("; a=b", 40_000) + "\r\n",
		"content-type-parts":  "Content-Type: text/html" + continuations(10_000) + "\r\n",
		"content-type-quotes": "Content-Type: text/html; charset=\"" + strings.Repeat(`\"`, 120_000) + "\r\n",
		"content-encoding":    "Content-Encoding: " + strings.Repeat("gzip,", 50_000) + "\r\n",
		"content-identity":    "Content-Encoding: " + strings.Repeat(",identity", 25_000) + "\r\n",
		"set-cookie":          "Set-Cookie: k=v" + strings.Repeat("; a", 80_000) + "\r\n",
		"reason":              "X: " + strings.Repeat("\t ", 120_000) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			status := "200 OK"
			if strings.HasPrefix(field, "Location") {
				status = "302 Found"
			}
			s := answering(t, "HTTP/1.1 "+status+"\r\n"+field+"Content-Length: 5\r\n\r\nhello")
			resp, err := s.Get(t.Context(), "http://a.test/"+strings.Repeat("x/", 1000), aiohttp.Request{MaxRedirects: 2})
			if err != nil {
				return
			}
			resp.Text()
			resp.Cookies()
			resp.HTTP().Body.Close()
		})
	}
}

// continuations are n parts of one parameter by RFC 2231.
func continuations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "; a*%d=x", i)
	}
	return b.String()
}

// CVE-2026-39821: a redirect to a name that only looks like one of IDNA is not
// followed, and the two spellings of a name are one origin.
func TestRedirectComparesHostsByTheirALabels(t *testing.T) {
	var rec recorder
	target := "http://xn--example-.test/"
	rec.reply = func(w http.ResponseWriter, _ *http.Request) {
		if _, n := rec.last(t); n == 1 {
			w.Header().Set("Location", target)
			w.WriteHeader(302)
		}
	}
	s := site(t, rec.serve)
	_, err := s.Get(t.Context(), "http://bücher.test/", aiohttp.Request{Header: http.Header{"Authorization": {"s"}}})
	wantError(t, err, "invalid host name", "xn--example-.test")
	rec.all, target = nil, "http://XN--Bcher-KVA.test:80/2"
	resp, err := s.Get(t.Context(), "http://bücher.test/", aiohttp.Request{Header: http.Header{"Authorization": {"s"}}})
	read(t, resp, err)
	if got, n := rec.last(t); n != 2 || got.Header.Get("Authorization") != "s" {
		t.Errorf("%d requests, Authorization %q", n, got.Header.Get("Authorization"))
	}
}

// golang/go#4800, #32240 and #57273: a redirect that turns POST into GET sends
// neither the body nor the fields that describe it, whatever the body was.
func TestRedirectToGetSendsNothingOfTheBody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, req := range map[string]aiohttp.Request{
		"text": {Text: "t"}, "json": {JSON: 1}, "form": {Form: url.Values{"a": {"b"}}}, "file": {File: path},
		"reader": {Body: io.MultiReader(strings.NewReader("r"))}, "expect": {Text: strings.Repeat("x", 1<<20), Expect100: true},
		"multipart": {Multipart: form.New().AddBytes("a", "b", []byte("c"))},
	} {
		for _, status := range []int{301, 302, 303} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				var rec recorder
				rec.reply = func(w http.ResponseWriter, _ *http.Request) {
					if _, n := rec.last(t); n == 1 {
						w.Header().Set("Location", "/2")
						w.WriteHeader(status)
					}
				}
				s := site(t, rec.serve)
				req.Header = http.Header{"content-language": {"de"}, "Content-Encoding": {"x"}, "Last-Modified": {"x"}, "X-Kept": {"1"}}
				resp, err := s.Post(t.Context(), "http://a.test/", req)
				read(t, resp, err)
				got, n := rec.last(t)
				if n != 2 || got.Method != "GET" || got.Body != "" || got.ContentLength != 0 || got.Chunked {
					t.Errorf("request %d: %+v", n, got)
				}
				if got.Header.Get("X-Kept") != "1" {
					t.Error("a field that is not the body's was dropped")
				}
				for _, name := range []string{"Content-Type", "Content-Length", "Content-Language", "Content-Encoding", "Last-Modified", "Transfer-Encoding", "Expect"} {
					if got.Header.Get(name) != "" {
						t.Errorf("%s: %q", name, got.Header.Get(name))
					}
				}
			})
		}
	}
}

// CVE-2026-34525: whatever spellings a program uses, one Host is sent.
func TestRequestRefusesTwoSpellingsOfAField(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	for _, names := range [][2]string{{"Host", "host"}, {"HOST", "host"}, {"Cookie", "cookie"}, {"Content-Type", "content-type"}, {"X-a", "x-A"}} {
		_, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: http.Header{names[0]: {"a"}, names[1]: {"b"}}})
		wantError(t, err, "two spellings")
	}
}

// aio-libs/aiohttp#10313, #2648 and #5415: the wait for a free connection has a
// time-out of its own, and does not count as connecting.
func TestSessionPoolWaitIsNoConnecting(t *testing.T) {
	c := connector.New(connector.Options{MaxConns: 1, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); io.WriteString(w, "x") })})
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	t.Cleanup(func() {
		s.Close()
		c.Close()
	})
	held, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	_, err = s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Pool: 1, Connect: -1}})
	var e *aiohttp.Error
	if !errors.As(err, &e) || e.Phase != connector.PhasePool || e.Limit != "pool timeout of 1ns" || !aiohttp.SafeToRetry(err) {
		t.Errorf("got %v", err)
	}
}
