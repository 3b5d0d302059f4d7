package har_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// object and list are JSON's.
type (
	object = map[string]any
	list   = []any
)

// record sends requests through a session that is recorded, and gives the log.
func record(t *testing.T, o har.Options, h http.HandlerFunc, reqs ...aiohttp.Request) object {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	var out bytes.Buffer
	recorder := har.New(&out, o)
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL, Trace: []*tracing.Trace{recorder.Trace()}})
	defer session.Close()
	for _, req := range reqs {
		if resp, err := session.Do(t.Context(), req); err == nil {
			resp.Bytes()
		}
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	if err := recorder.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	return parse(t, out.Bytes())
}

func entries(log object) (all []object) {
	for _, e := range log["entries"].(list) {
		all = append(all, e.(object))
	}
	return all
}

// values gives name/value pairs as a map.
func values(v any) map[string]string {
	all := map[string]string{}
	for _, p := range v.(list) {
		all[p.(object)["name"].(string)] = p.(object)["value"].(string)
	}
	return all
}

func TestRecorderWritesEachExchange(t *testing.T) {
	log := record(t, har.Options{MaxBodyBytes: -1, Comment: "a test"}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/from":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "hush", Path: "/", HttpOnly: true, Expires: time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC)})
			http.Redirect(w, r, "/to?token=hush&x=1", http.StatusSeeOther)
		case "/to":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/plain")
			z := gzip.NewWriter(w)
			io.WriteString(z, strings.Repeat("ä", 500))
			z.Close()
		case "/binary":
			w.Header().Set("Content-Type", "image/png")
			w.Write([]byte("\x89PNG"))
		}
	},
		aiohttp.Request{Method: "POST", URL: "/from?a=1&a=%20b&key=hush", Form: url.Values{"user": {"me"}, "password": {"hush"}}, Header: http.Header{"Authorization": {"Bearer hush"}}},
		aiohttp.Request{URL: "/binary"},
		aiohttp.Request{Method: "PUT", URL: "/binary", Bytes: []byte{0xff, 0}},
	)
	if log["version"] != "1.2" || log["comment"] != "a test" || log["creator"].(object)["name"] != "aiohttp-go" || len(log["pages"].(list)) != 0 {
		t.Errorf("got %v", log)
	}
	all := entries(log)
	if len(all) != 4 {
		t.Fatalf("%d entries", len(all))
	}
	text := fmt.Sprint(all)
	if strings.Contains(text, "hush") {
		t.Errorf("a secret is in %s", text)
	}
	from, to, binary, up := all[0], all[1], all[2], all[3]

	req := from["request"].(object)
	if d := cmp.Diff(list{object{"name": "a", "value": "1"}, object{"name": "a", "value": " b"}, object{"name": "key", "value": "xxxxx"}}, req["queryString"]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if d := cmp.Diff(object{"mimeType": "application/x-www-form-urlencoded", "text": "password=xxxxx&user=me"}, req["postData"]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if h := values(req["headers"]); req["method"] != "POST" || h["Authorization"] != "Bearer xxxxx" || h["Host"] == "" || req["bodySize"] != 21.0 || req["headersSize"].(float64) < 100 {
		t.Errorf("got %v", req)
	}
	resp := from["response"].(object)
	if d := cmp.Diff(list{object{"name": "sid", "value": "xxxxx", "path": "/", "httpOnly": true, "expires": "2040-01-02T03:04:05Z"}}, resp["cookies"]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if resp["redirectURL"] != "/to?token=xxxxx&x=1" || resp["status"] != 303.0 || resp["statusText"] != "See Other" || resp["httpVersion"] != "HTTP/1.1" {
		t.Errorf("got %v", resp)
	}

	if req := to["request"].(object); req["method"] != "GET" || req["bodySize"] != 0.0 || req["postData"] != nil || values(req["cookies"])["sid"] != "xxxxx" {
		t.Errorf("got %v", req)
	}
	resp = to["response"].(object)
	content := resp["content"].(object)
	if content["text"] != strings.Repeat("ä", 500) || content["size"] != 1000.0 || content["mimeType"] != "text/plain" ||
		content["compression"] != 1000-resp["bodySize"].(float64) || resp["bodySize"].(float64) > 100 {
		t.Errorf("got %v", resp)
	}
	if from["connection"] != to["connection"] || from["connection"] == "" || from["serverIPAddress"] != "127.0.0.1" {
		t.Errorf("connections %v at %v, and %v", from["connection"], from["serverIPAddress"], to["connection"])
	}

	if d := cmp.Diff(object{"mimeType": "image/png", "size": 4.0, "text": "iVBORw==", "encoding": "base64"}, binary["response"].(object)["content"]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if d := cmp.Diff(object{"mimeType": "application/octet-stream", "text": "/wA=", "_encoding": "base64"}, up["request"].(object)["postData"]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if tm := to["timings"].(object); tm["connect"] != -1.0 || tm["ssl"] != -1.0 || tm["dns"] != -1.0 {
		t.Errorf("a connection that was reused: %v", tm)
	}
	if tm := from["timings"].(object); tm["connect"].(float64) < 0 || tm["ssl"] != -1.0 || tm["dns"] != -1.0 {
		t.Errorf("a new connection without TLS: %v", tm)
	}
}

func TestRecorderLeavesBodiesOutUnlessAsked(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "12345ä")
	}
	req := aiohttp.Request{Method: "POST", URL: "/", Text: "body!"}
	e := entries(record(t, har.Options{}, h, req))[0]
	if p, c := e["request"].(object)["postData"].(object), e["response"].(object)["content"].(object); p["text"] != "" || c["text"] != nil || c["size"] != 7.0 {
		t.Errorf("got %v and %v", p, c)
	}
	e = entries(record(t, har.Options{MaxBodyBytes: 6}, h, req))[0]
	c := e["response"].(object)["content"].(object)
	if c["text"] != "12345" || c["comment"] != "the first 6 of 7 bytes" || c["encoding"] != nil {
		t.Errorf("got %v", c)
	}
	if p := e["request"].(object)["postData"].(object); p["text"] != "body!" || p["comment"] != nil {
		t.Errorf("got %v", p)
	}
	if e := entries(record(t, har.Options{KeepSecrets: true}, h, aiohttp.Request{URL: "/?key=hush", Header: http.Header{"Cookie": {"a=hush"}}}))[0]; strings.Count(fmt.Sprint(e), "hush") != 4 {
		t.Errorf("got %v", e)
	}
}

func TestRecorderKeepsFailures(t *testing.T) {
	log := record(t, har.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
		}
		panic(http.ErrAbortHandler)
	}, aiohttp.Request{Method: "POST", URL: "/none"}, aiohttp.Request{URL: "/cut"}, aiohttp.Request{URL: "http://127.0.0.1:1/"})
	all := entries(log)
	if len(all) != 3 {
		t.Fatalf("%d entries", len(all))
	}
	for i, want := range []struct {
		status, size float64
		text         string
	}{{0, 0, "without answering"}, {200, 4, "after 4 of 10"}, {0, 0, "refused"}} {
		resp := all[i]["response"].(object)
		if resp["status"] != want.status || resp["content"].(object)["size"] != want.size || !strings.Contains(fmt.Sprint(resp["_error"]), want.text) {
			t.Errorf("got %v, want %v", resp, want)
		}
	}
}

func TestRecorderTellsOfErrorsOfWriting(t *testing.T) {
	full := errors.New("disk full")
	recorder := har.New(writer(func(p []byte) (int, error) { return 0, full }))
	if err := recorder.Close(); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	var out bytes.Buffer
	har.New(&out).Close()
	if log := parse(t, out.Bytes()); len(log["entries"].(list)) != 0 {
		t.Errorf("got %v", log)
	}
}

func TestRecorderIsSafeForConcurrentUse(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }))
	defer srv.Close()
	var out bytes.Buffer
	recorder := har.New(&out, har.Options{MaxBodyBytes: -1})
	session := aiohttp.NewSession(aiohttp.Options{Trace: []*tracing.Trace{recorder.Trace()}})
	defer session.Close()
	const n = 100
	urls := func(yield func(string) bool) {
		for i := range n {
			if !yield(fmt.Sprintf("%s/%d", srv.URL, i)) {
				return
			}
		}
	}
	for resp, err := range session.GetAll(t.Context(), 8, urls) {
		if err != nil {
			t.Fatal(err)
		}
		resp.Bytes()
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries(parse(t, out.Bytes())) {
		text := e["response"].(object)["content"].(object)["text"].(string)
		if u, err := url.Parse(e["request"].(object)["url"].(string)); err != nil || u.Path != text {
			t.Errorf("%v is answered by %q", u, text)
		}
		seen[text] = true
	}
	if len(seen) != n {
		t.Errorf("%d entries", len(seen))
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func ExampleNew() {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	var file bytes.Buffer
	recorder := har.New(&file)
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL, Trace: []*tracing.Trace{recorder.Trace()}})
	defer session.Close()
	// ... send requests, read responses, and at the end:
	fmt.Println(recorder.Close())
	// Output: <nil>
}
