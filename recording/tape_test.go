package recording_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/recording"
)

// site answers in all the ways that a file must hold.
func site(t *testing.T) *aiohttptest.Server {
	server := aiohttptest.New(t)
	answer := func(path, kind, body string) {
		server.Handle(path, aiohttptest.Response{Header: http.Header{"Content-Type": {kind}, "Date": nil}, Body: []byte(body)})
	}
	answer("/text", "text/plain", "one\n\ntwo \n\tthree\\\n> four\n")
	answer("/crlf", "text/plain", "a\r\nb\r\n")
	answer("/binary", "image/png", "\x89PNG\r\n\x1a\n\x00\x00"+strings.Repeat("\xff", 60))
	answer("/json", "application/json", `[{"id":1,"name":"first"},{"id":2,"name":"a string, with commas, [brackets], \"quotes\" and more than enough letters"},{"id":3}]`)
	answer("/latin", "text/plain", "caf\u00e9 \u4e2d\u6587 \U0001f600 \u200d \ufffd")
	answer("/empty", "text/plain", "")
	server.Handle("/204", aiohttptest.Status(204))
	server.Handle("/moved", aiohttptest.Status(302).With("Location", "/text"))
	server.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begins\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	server.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %q", r.Method, r.Header.Get("Content-Type"), body)
	})
	return server
}

var paths = []string{"text", "crlf", "binary", "json", "latin", "empty", "204", "moved", "echo"}

func TestTapeReplaysWhatItRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "tape.http")
	server := site(t)
	visit := func(s *aiohttp.Session) (all []string) {
		for _, p := range paths {
			all = append(all, get(t, s, "https://a.test/"+p))
		}
		for _, req := range []aiohttp.Request{
			{JSON: map[string]string{"a": "b"}}, {Body: strings.NewReader(strings.Repeat("long ", 10000))}, {Body: io.MultiReader(strings.NewReader("streamed"))},
		} {
			resp, err := s.Post(t.Context(), "https://a.test/echo", req)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := resp.Text()
			all = append(all, text)
		}
		resp, err := s.Head(t.Context(), "https://a.test/json")
		if err != nil {
			t.Fatal(err)
		}
		return append(all, fmt.Sprint(resp.ContentLength))
	}
	tape := open(t, path, recording.Options{Mode: recording.Record})
	want := visit(session(server, tape))
	closeTape(t, tape)
	asked := len(server.Requests())

	tape = open(t, path, recording.Options{})
	got := visit(session(server, tape))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("replayed (-recorded +replayed):\n%s", d)
	}
	if n := len(server.Requests()); n != asked {
		t.Errorf("%d requests were sent", n-asked)
	}
	if unused := tape.Unused(); len(unused) > 0 {
		t.Errorf("unused: %q", unused)
	}
}

func TestTapeReplaysToClientsOfNetHTTP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := site(t)
	visit := func(tape *recording.Tape, next http.RoundTripper) (all []string) {
		client := &http.Client{Transport: tape.RoundTripper(next)}
		for _, p := range paths {
			resp, err := client.Get("https://a.test/" + p)
			all = append(all, resp.Status+" "+readAll(t, resp, err))
		}
		resp, err := client.Post("https://a.test/echo", "text/x", io.MultiReader(strings.NewReader("streamed")))
		return append(all, readAll(t, resp, err))
	}
	tape := open(t, path, recording.Options{Mode: recording.Record})
	want := visit(tape, server.HTTPClient().Transport)
	closeTape(t, tape)
	tape = open(t, path, recording.Options{Match: recording.MatchBody})
	if d := cmp.Diff(want, visit(tape, nil)); d != "" {
		t.Errorf("replayed (-recorded +replayed):\n%s", d)
	}
}

func TestTapeWritesAFileForPeople(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := site(t)
	tape := open(t, path, recording.Options{Mode: recording.Record})
	s := session(server, tape)
	for _, p := range []string{"text", "crlf", "json", "binary", "204"} {
		get(t, s, "https://a.test/"+p, aiohttp.Request{Header: http.Header{"X-Odd": {"t\tb", ""}}})
	}
	resp, err := s.Post(t.Context(), "https://a.test/echo", aiohttp.Request{JSON: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Close() // small bodies are recorded all the same
	large, err := s.Get(t.Context(), "https://a.test/large")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(large, make([]byte, len("begins\n"))); err != nil {
		t.Fatal(err)
	}
	large.Close()
	closeTape(t, tape)
	want := `aiohttp recording 1

> GET https://a.test/text
> X-Odd: t	b
> X-Odd:

< 200 OK
< Content-Type: text/plain
<| one
<|
<\ two\x20
<| 	three\
<| > four
<|

> GET https://a.test/crlf
> X-Odd: t	b
> X-Odd:

< 200 OK
< Content-Type: text/plain
<\ a\r
<\ b\r
<|

> GET https://a.test/json
> X-Odd: t	b
> X-Odd:

< 200 OK
< Content-Type: application/json
<| [{"id":1,"name":"first"},
<+ {"id":2,"name":"a string, with commas, [brackets], \"quotes\" and more than enough letters"},
<+ {"id":3}]

> GET https://a.test/binary
> X-Odd: t	b
> X-Odd:

< 200 OK
< Content-Type: image/png
<= iVBORw0KGgoAAP//////////////////////////////////////////////////////////////
<= /////////////////w==

> GET https://a.test/204
> X-Odd: t	b
> X-Odd:

< 204 No Content

> POST https://a.test/echo
> Content-Type: application/json
>| [1]

< 200 OK
< Content-Type: text/plain; charset=utf-8
<| POST application/json "[1]"

# the response was closed before its end
> GET https://a.test/large

< 200 OK
< Content-Type: text/plain; charset=utf-8
<| begins
<|
`
	if d := cmp.Diff(want, dateless(contents(t, path))); d != "" {
		t.Errorf("file (-want +got):\n%s", d)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

// dateless takes out the fields that tell the time.
func dateless(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "< Date: ") }), "")
}

func TestTapeAnswersInOrder(t *testing.T) {
	path := file(t, `
> GET https://a.test/x?a=1&b=2
< 200
<| first

> GET https://a.test/y
< 200
<| other

> GET https://a.test/x?a=1&b=2
< 200
<| second
`)
	for _, tt := range []struct {
		options recording.Options
		want    []string
	}{
		{recording.Options{}, []string{"200 first", "200 second",
			`get "https://a.test/x?b=2&a=1": recording ` + path + ` has no answer to GET https://a.test/x?b=2&a=1; the nearest: ` +
				`GET https://a.test/x?a=1&b=2 (line 3, used), GET https://a.test/x?a=1&b=2 (line 11, used), GET https://a.test/y (line 7)`}},
		{recording.Options{Repeat: true}, []string{"200 first", "200 second", "200 second", "200 second"}},
	} {
		tape := open(t, path, tt.options)
		s := session(aiohttptest.New(t), tape)
		for i, want := range tt.want {
			if got := get(t, s, "https://a.test/x?b=2&a=1"); got != want {
				t.Errorf("request %d: got %q, want %q", i, got, want)
			}
		}
		if got := tape.Unused(); len(got) != 1 || got[0] != "GET https://a.test/y (line 7)" {
			t.Errorf("unused: %q", got)
		}
	}
}

func TestTapeMatches(t *testing.T) {
	path := file(t, `
> POST https://a.test/x?q=1
> X-Version: 2
>| body
< 200
<| yes
`)
	version := func(asked, recorded recording.Request) bool {
		return asked.Header.Get("X-Version") == recorded.Header.Get("X-Version")
	}
	for _, tt := range []struct {
		match     func(asked, recorded recording.Request) bool
		method    string
		url, body string
		version   string
		want      bool
	}{
		{nil, "POST", "https://a.test/x?q=1", "", "", true},
		{nil, "POST", "https://a.test/x?q=1#part", "", "", true},
		{nil, "GET", "https://a.test/x?q=1", "", "", false},
		{nil, "POST", "https://a.test/x?q=2", "", "", false},
		{nil, "POST", "https://a.test/x", "", "", false},
		{nil, "POST", "http://a.test/x?q=1", "", "", false},
		{nil, "POST", "https://b.test/x?q=1", "", "", false},
		{recording.MatchBody, "POST", "https://a.test/x?q=1", "body", "", true},
		{recording.MatchBody, "POST", "https://a.test/x?q=1", "another", "", false},
		{recording.MatchBody, "PUT", "https://a.test/x?q=1", "body", "", false},
		{version, "GET", "https://z.test/", "", "2", true},
		{version, "GET", "https://z.test/", "", "3", false},
	} {
		tape := open(t, path, recording.Options{Match: tt.match})
		resp, err := session(aiohttptest.New(t), tape).Do(t.Context(), aiohttp.Request{
			Method: tt.method, URL: tt.url, Text: tt.body, Header: http.Header{"X-Version": {tt.version}},
		})
		miss, missed := errors.AsType[*recording.MissError](err)
		if missed == tt.want || err != nil && !missed {
			t.Errorf("%+v: got %v, %v", tt, resp, err)
		}
		if missed && (miss.Method != tt.method || len(miss.Nearest) != 1 || aiohttp.SafeToRetry(err)) {
			t.Errorf("%+v: got %+v", tt, miss)
		}
	}
}

func TestTapeMissNamesTheNearest(t *testing.T) {
	path := file(t, `
> GET https://a.test/orders/1
< 200

> GET https://a.test/items/10
< 200

> DELETE https://a.test/items/11
< 200

> GET https://b.test/a/very/long/other/path
< 200
`)
	tape := open(t, path, recording.Options{Match: func(asked, recorded recording.Request) bool {
		return recording.MatchURL(asked, recorded) && asked.Header.Get("X") != ""
	}})
	s := session(aiohttptest.New(t), tape)
	for url, want := range map[string]string{
		"https://a.test/items/11": "GET https://a.test/items/10 (line 6), DELETE https://a.test/items/11 (line 9), GET https://a.test/orders/1 (line 3)",
		"https://a.test/items/10": "GET https://a.test/items/10 (line 6), of which the rest differs, ",
	} {
		if got := get(t, s, url); !strings.Contains(got, "; the nearest: "+want) {
			t.Errorf("%s: got %q", url, got)
		}
	}
	empty := open(t, file(t, ""), recording.Options{})
	if got := get(t, session(aiohttptest.New(t), empty), "https://a.test/"); !strings.HasSuffix(got, "has no answer to GET https://a.test/: it is empty") {
		t.Errorf("got %q", got)
	}
}

func TestTapeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.Expect("/x", aiohttptest.Text(200, "only"))
	for i, records := range []bool{true, false, false} {
		tape := open(t, path, recording.Options{Mode: recording.Once})
		if tape.Recording() != records {
			t.Errorf("run %d: records: %v", i, tape.Recording())
		}
		if got := get(t, session(server, tape), "http://a.test/x"); got != "200 only" {
			t.Errorf("run %d: got %q", i, got)
		}
		closeTape(t, tape)
	}
}

func TestTapeReplacesAFile(t *testing.T) {
	path := file(t, "\n> GET http://a.test/x\n< 200\n<| old\n")
	server := aiohttptest.New(t)
	server.Handle("/x", aiohttptest.Text(200, "new"))
	tape := open(t, path, recording.Options{Mode: recording.Record})
	get(t, session(server, tape), "http://a.test/x")
	if text := contents(t, path); !strings.Contains(text, "old") {
		t.Errorf("written before it was closed: %q", text)
	}
	closeTape(t, tape)
	if text := contents(t, path); !strings.Contains(text, "new") || strings.Contains(text, "old") {
		t.Errorf("got %q", text)
	}
}

func TestTapeOpenFails(t *testing.T) {
	_, err := recording.Open(filepath.Join(t.TempDir(), "none"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	path := file(t, "\n> GET /relative\n")
	_, err = recording.Open(path)
	if want := "recording " + path + `:3: no absolute URL: "/relative"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestTapeCloseFails(t *testing.T) {
	large := aiohttptest.Text(200, strings.Repeat("x", 200<<10))
	for _, tt := range []struct {
		name string
		do   func(*testing.T, *aiohttp.Session) (cleanup func())
		want string
	}{
		{"open-response", func(t *testing.T, s *aiohttp.Session) func() {
			resp, err := s.Get(t.Context(), "http://a.test/?token=hush")
			if err != nil {
				t.Fatal(err)
			}
			return func() { resp.Close() }
		}, "the response to GET http://a.test/?token=xxxxx is neither read to its end nor closed"},
		{"no-folder", func(t *testing.T, s *aiohttp.Session) func() {
			get(t, s, "http://a.test/")
			return func() {}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tape.http")
			if tt.name == "no-folder" {
				path = filepath.Join(file(t, ""), "tape.http")
			}
			server := aiohttptest.New(t)
			server.Handle("/", large)
			tape := open(t, path, recording.Options{Mode: recording.Record})
			defer tt.do(t, session(server, tape))()
			err := tape.Close()
			wantError(t, err, "save recording "+path+": ", tt.want)
			if again := tape.Close(); again != err {
				t.Errorf("a second Close gave %v", again)
			}
			if _, err := os.Stat(path); err == nil {
				t.Error("a file was written")
			}
		})
	}
}

func TestTapeIsOfNoUseOnceClosed(t *testing.T) {
	for _, mode := range []recording.Mode{recording.Replay, recording.Record} {
		path := file(t, "\n> GET http://a.test/\n< 200\n")
		tape := open(t, path, recording.Options{Mode: mode})
		closeTape(t, tape)
		closeTape(t, tape)
		if got := get(t, session(aiohttptest.New(t), tape), "http://a.test/"); got != `get "http://a.test/": recording `+path+` is closed` {
			t.Errorf("got %q", got)
		}
	}
}

func TestTapeLeavesOutWhatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.Fault("down.test", aiohttptest.Fault{Dial: aiohttptest.Refuse})
	server.Handle("/cut", aiohttptest.Raw(aiohttptest.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")))
	server.Handle("/upgrade", aiohttptest.Raw(aiohttptest.Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")))
	server.Handle("/large", aiohttptest.Text(200, strings.Repeat("x", 101)))
	server.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, "again and again\n")
		}
	})
	server.Handle("/well", aiohttptest.Text(200, strings.Repeat("x", 100)))
	tape := open(t, path, recording.Options{Mode: recording.Record, MaxBodyBytes: 100})
	s := session(server, tape)
	for url, want := range map[string]string{
		"http://down.test/":     "connection refused",
		"http://a.test/cut":     "after 4 of 10 bytes",
		"http://a.test/large":   "response body of more than 100 bytes",
		"http://a.test/endless": "response body of more than 100 bytes",
		"http://a.test/upgrade": "status 101 cannot be recorded",
	} {
		req := aiohttp.Request{}
		if strings.HasSuffix(url, "upgrade") {
			req.Header = http.Header{"Connection": {"upgrade"}, "Upgrade": {"x"}}
		}
		if got := get(t, s, url, req); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
	for _, body := range []io.Reader{strings.NewReader(strings.Repeat("x", 101)), io.MultiReader(strings.NewReader(strings.Repeat("x", 101)))} {
		_, err := s.Post(t.Context(), "http://a.test/well", aiohttp.Request{Body: body})
		wantError(t, err, "request body of more than 100 bytes")
	}
	get(t, s, "http://a.test/well")
	closeTape(t, tape)
	if text := contents(t, path); strings.Count(text, "\n> GET ") != 1 || !strings.Contains(text, "/well") {
		t.Errorf("file:\n%s", text)
	}
}

// A body is passed on as it comes, not when it is whole.
func TestTapeStreams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	more := make(chan struct{})
	server.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-more
		io.WriteString(w, "second")
	})
	tape := open(t, path, recording.Options{Mode: recording.Record})
	resp, err := session(server, tape).Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 5)
	if _, err := io.ReadFull(resp, first); err != nil || string(first) != "first" {
		t.Fatalf("got %q, %v", first, err)
	}
	close(more)
	if rest, err := resp.Text(); err != nil || rest != "second" {
		t.Errorf("got %q, %v", rest, err)
	}
	closeTape(t, tape)
	if text := contents(t, path); !strings.HasSuffix(text, "<| firstsecond\n") {
		t.Errorf("file:\n%s", text)
	}
}

func TestTapeRecordsCompressedBodiesAsText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	// gzip of "hello\n"
	zipped := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06\x00\x00\x00"
	server.Handle("/", aiohttptest.Text(200, zipped).With("Content-Encoding", "gzip"))
	for _, mode := range []recording.Mode{recording.Record, recording.Replay} {
		tape := open(t, path, recording.Options{Mode: mode})
		if got := get(t, session(server, tape), "http://a.test/"); got != "200 hello\n" {
			t.Errorf("got %q", got)
		}
		if got := get(t, session(server, tape), "http://a.test/", aiohttp.Request{DisableDecompression: true}); got != "200 "+zipped {
			t.Errorf("got %q", got)
		}
		closeTape(t, tape)
	}
	text := contents(t, path)
	if !strings.Contains(text, "<| hello\n<|\n") || strings.Count(text, "Content-Encoding: gzip") != 1 {
		t.Errorf("file:\n%s", text)
	}
}

func TestTapeGivesUpWithItsContext(t *testing.T) {
	tape := open(t, file(t, "\n> GET http://a.test/\n< 200\n"), recording.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := session(aiohttptest.New(t), tape).Get(ctx, "http://a.test/")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	req, _ := http.NewRequestWithContext(ctx, "GET", "http://a.test/", nil)
	if _, err := tape.RoundTripper(nil).RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(tape.Unused()) != 1 {
		t.Error("an answer was used up")
	}
}

func TestTapeForManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	for _, mode := range []recording.Mode{recording.Record, recording.Replay} {
		tape := open(t, path, recording.Options{Mode: mode})
		s := session(server, tape)
		results := make(chan string)
		for i := range 20 {
			go func() {
				results <- fmt.Sprint(get(t, s, fmt.Sprintf("http://a.test/%d", i)) == fmt.Sprintf("200 /%d", i))
			}()
		}
		for range 20 {
			if <-results != "true" {
				t.Error("another's answer")
			}
		}
		closeTape(t, tape)
	}
}

func TestNewFailsTheTest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.Handle("/", aiohttptest.Text(200, "hello"))
	run := func(o recording.Options, fail bool) *fakeTB {
		tb := &fakeTB{failed: fail}
		func() {
			defer func() { recover() }()
			tape := recording.New(tb, path, o)
			get(t, session(server, tape), "http://a.test/")
		}()
		for _, f := range tb.cleanups {
			f()
		}
		return tb
	}
	if tb := run(recording.Options{}, false); len(tb.messages) != 1 || !strings.HasPrefix(tb.messages[0], "open recording: open ") {
		t.Errorf("replay of nothing: %q", tb.messages)
	}
	run(recording.Options{Mode: recording.Once}, true)
	if _, err := os.Stat(path); err == nil {
		t.Error("a test that failed has written its file")
	}
	if tb := run(recording.Options{Mode: recording.Once}, false); len(tb.messages) > 0 || !strings.Contains(contents(t, path), "hello") {
		t.Errorf("got %q", tb.messages)
	}
	path = filepath.Join(path, "below-a-file")
	if tb := run(recording.Options{Mode: recording.Record}, false); len(tb.messages) != 1 || !strings.HasPrefix(tb.messages[0], "save recording ") {
		t.Errorf("got %q", tb.messages)
	}
}

// fakeTB is a test that may fail.
type fakeTB struct {
	failed   bool
	messages []string
	cleanups []func()
}

func (f *fakeTB) Helper()          {}
func (f *fakeTB) Failed() bool     { return f.failed }
func (f *fakeTB) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Errorf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic("end of the test")
}

// The fields that say how a message is sent are not those of another time.
func TestTapeLeavesOutFraming(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.Handle("/", aiohttptest.Raw(aiohttptest.Send(
		"HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n5\r\nhello\r\n0\r\n\r\n")))
	for _, mode := range []recording.Mode{recording.Record, recording.Replay} {
		tape := open(t, path, recording.Options{Mode: mode})
		req, err := http.NewRequest("POST", "http://a.test/", strings.NewReader("hi"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Connection": {"close"}, "Content-Length": {"2"}, "User-Agent": {""}}
		resp, err := tape.RoundTripper(server.HTTPClient().Transport).RoundTrip(req)
		if got := readAll(t, resp, err); got != "hello" || resp.Header.Get("A") != "b" {
			t.Errorf("got %q, %v", got, resp.Header)
		}
		closeTape(t, tape)
	}
	want := "aiohttp recording 1\n\n> POST http://a.test/\n> User-Agent:\n>| hi\n\n< 200 OK\n< A: b\n<| hello\n"
	if d := cmp.Diff(want, contents(t, path)); d != "" {
		t.Errorf("file (-want +got):\n%s", d)
	}
}

// What a tape hands on is what came, secrets and all.
func TestTapeScrubsTheFileOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tape.http")
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "hush1", Path: "/"})
		fmt.Fprintf(w, `{"access_token":"hush2","asked":%q}`, r.Header.Get("Authorization")+r.URL.RawQuery+string(body))
	})
	for mode, want := range map[recording.Mode]string{
		recording.Record: `{"access_token":"hush2","asked":"Bearer hush3api_key=hush4&q=1grant=x&password=hush5"}`,
	} {
		tape := open(t, path, recording.Options{Mode: mode, Scrub: func(e *recording.Exchange) {
			e.Response.Body = []byte(strings.NewReplacer("hush3", "xxxxx", "hush4", "xxxxx", "hush5", "xxxxx").Replace(string(e.Response.Body)))
		}})
		resp, err := session(server, tape).Post(t.Context(), "https://a.test/?api_key=hush4&q=1", aiohttp.Request{
			Header: http.Header{"Authorization": {"Bearer hush3"}}, Form: url.Values{"grant": {"x"}, "password": {"hush5"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := resp.Text(); got != want || err != nil || resp.Cookies()[0].Value != "hush1" {
			t.Errorf("got %q, %v, %v", got, err, resp.Cookies())
		}
		closeTape(t, tape)
	}
	text := contents(t, path)
	if strings.Contains(text, "hush") {
		t.Errorf("file:\n%s", text)
	}
	for _, part := range []string{"> Authorization: Bearer xxxxx", "< Set-Cookie: sid=xxxxx; Path=/", ">| grant=x&password=xxxxx", `"access_token":"xxxxx"`, "?api_key=xxxxx&q=1"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in the file:\n%s", part, text)
		}
	}
	// It is found again, whatever the secret is by now.
	tape := open(t, path, recording.Options{Match: recording.MatchBody})
	resp, err := session(server, tape).Post(t.Context(), "https://a.test/?api_key=other&q=1", aiohttp.Request{Form: url.Values{"grant": {"x"}, "password": {"other"}}})
	if err != nil || resp.Status != 200 {
		t.Fatalf("got %v, %v", resp, err)
	}
	resp.Close()
}
