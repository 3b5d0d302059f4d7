package aiohttptest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/connector"
)

func TestServerIsEveryHost(t *testing.T) {
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host, r.URL.Path, " secure: ", r.TLS != nil)
	})
	session := server.Session()
	for url, want := range map[string]string{
		"http://a.test/x":       "200 a.test/x secure: false",
		"https://b.test/":       "200 b.test/ secure: true",
		"https://b.test:8443/":  "200 b.test:8443/ secure: true",
		"http://192.0.2.7/":     "200 192.0.2.7/ secure: false",
		"http://[2001:db8::1]/": "200 [2001:db8::1]/ secure: false",
	} {
		if got := get(t, session, url); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

// The options of the program that is tested may name a proxy: there is none here.
func TestServerIsReachedWithoutAProxy(t *testing.T) {
	server := aiohttptest.New(t)
	server.Handle("/", aiohttptest.Text(200, "here"))
	proxy, err := connector.ParseProxy("proxy.test:3128")
	if err != nil {
		t.Fatal(err)
	}
	for name, session := range map[string]*aiohttp.Session{
		"session":   server.Session(aiohttp.Options{Proxy: "http://me:secret@proxy.test:3128", ProxyAuth: connector.ProxyDigestOnly}),
		"connector": server.Session(aiohttp.Options{Connector: server.Connector(connector.Options{Proxy: proxy})}),
	} {
		for _, url := range []string{"http://a.test/", "https://b.test/"} {
			if got, want := get(t, session, url), "200 here"; got != want {
				t.Errorf("%s: %s: got %q, want %q", name, url, got, want)
			}
		}
	}
}

func TestServerIsForClientsOfNetHTTP(t *testing.T) {
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, " ", r.TLS != nil) })
	std := &http.Transport{DialContext: server.DialContext, DialTLSContext: server.DialTLSContext}
	defer std.CloseIdleConnections()
	for _, client := range []*http.Client{server.HTTPClient(), {Transport: std}} {
		for url, want := range map[string]string{"http://a.test/": "a.test false", "https://b.test/": "b.test true"} {
			resp, err := client.Get(url)
			if got := read(t, resp, err); got != want {
				t.Errorf("%s: got %q, want %q", url, got, want)
			}
		}
	}
}

func TestServerTellsWhatItWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("POST https://api.test/items", aiohttptest.Status(201))
		server.Handle("GET /", say("hello"))
		session := server.Session(aiohttp.Options{Header: http.Header{"Accept-Encoding": {}, "User-Agent": {}, "Accept": {}}})
		start := time.Now()
		resp, err := session.Post(t.Context(), "https://api.test/items?dry=1", aiohttp.Request{Text: "one"})
		if err != nil || resp.Status != 201 {
			t.Fatalf("got %v, %v", resp, err)
		}
		time.Sleep(time.Minute)
		get(t, session, "https://api.test/items")
		get(t, session, "http://other.test/")
		want := []aiohttptest.Request{
			{Method: "POST", URL: "https://api.test/items?dry=1", Body: []byte("one"), Pattern: "POST https://api.test/items", Conn: 1, Time: start,
				Header: http.Header{"Content-Length": {"3"}, "Content-Type": {"text/plain; charset=utf-8"}}},
			{Method: "GET", URL: "https://api.test/items", Pattern: "GET /", Conn: 2, Time: start.Add(time.Minute), Header: http.Header{}},
			{Method: "GET", URL: "http://other.test/", Pattern: "GET /", Conn: 3, Time: start.Add(time.Minute), Header: http.Header{}},
		}
		if d := cmp.Diff(want, server.Requests()); d != "" {
			t.Errorf("requests (-want +got):\n%s", d)
		}
	})
}

// The handler may leave the body alone: what it was is told all the same.
func TestServerTellsTheBodyThatNobodyRead(t *testing.T) {
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "no thanks") })
	for _, size := range []int{0, 10, 100_000} {
		body := bytes.Repeat([]byte("x"), size)
		resp, err := server.HTTPClient().Post("http://a.test/", "text/plain", bytes.NewReader(body))
		read(t, resp, err)
		all := server.Requests()
		if got := all[len(all)-1].Body; !bytes.Equal(got, body) {
			t.Errorf("got %d bytes, want %d", len(got), size)
		}
	}
}

// A body that waits for leave is not asked for when the handler does not want it.
func TestServerLeavesABodyThatWaitsForLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
		resp, err := server.Session().Put(t.Context(), "http://a.test/", aiohttp.Request{Text: "large", Expect100: true})
		if err != nil || resp.Status != 403 {
			t.Fatalf("got %v, %v", resp, err)
		}
		if got := server.Requests()[0].Body; len(got) > 0 {
			t.Errorf("got the body %q", got)
		}
	})
}

func TestServerStreamsBothWays(t *testing.T) {
	server := aiohttptest.New(t)
	server.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(flusher{w}, r.Body)
	})
	source, sink := io.Pipe()
	resp, err := server.Session().Post(t.Context(), "http://a.test/", aiohttp.Request{Body: io.MultiReader(strings.NewReader("first "), source)})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Close()
	got := make([]byte, 6)
	if _, err := io.ReadFull(resp, got); err != nil || string(got) != "first " {
		t.Fatalf("got %q, %v", got, err)
	}
	io.WriteString(sink, "second") // only now
	sink.Close()
	if rest, err := io.ReadAll(resp); err != nil || string(rest) != "second" {
		t.Errorf("got %q, %v", rest, err)
	}
}

// flusher sends what is written at once.
type flusher struct{ http.ResponseWriter }

func (f flusher) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

// Reusing a connection takes no time, or rate limits could not be tested.
func TestServerLeavesTheClockAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("/", say("hello"))
		session := server.Session()
		start := time.Now()
		for range 10 {
			get(t, session, "http://a.test/")
			get(t, session, "https://a.test/")
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("requests took %v", took)
		}
		if all := server.Requests(); all[len(all)-1].Conn != 2 {
			t.Errorf("connection %d, want 2 in all", all[len(all)-1].Conn)
		}
	})
}

func TestServerDropsConnections(t *testing.T) {
	server := aiohttptest.New(t)
	server.Handle("/", say("hello"))
	session := server.Session()
	for want := 1; want <= 3; want++ {
		if got := get(t, session, "http://a.test/"); got != "200 hello" {
			t.Errorf("got %q", got)
		}
		if got := server.Requests()[want-1].Conn; got != want {
			t.Errorf("request on connection %d, want %d", got, want)
		}
		server.DropConnections()
	}
}

func TestServerGivesConnectorsWithOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("/", aiohttptest.Delay(time.Hour, say("late")))
		c := server.Connector(connector.Options{
			MaxConns: 1, Timeouts: connector.Timeouts{Pool: time.Second, Head: -1},
			Handler: http.NotFoundHandler(), // no effect
		})
		session := server.Session(aiohttp.Options{Connector: c})
		first := make(chan string)
		go func() { first <- get(t, session, "http://a.test/") }()
		synctest.Wait()
		if got := get(t, session, "http://b.test/"); !strings.Contains(got, "pool timeout of 1s exceeded") {
			t.Errorf("got %q", got)
		}
		if got := <-first; got != "200 late" {
			t.Errorf("got %q", got)
		}
	})
}

func TestServerRefusesAfterItsEnd(t *testing.T) {
	var dial func(context.Context, string, string) error
	wantFailures(t, failures(t, func(t testing.TB) {
		server := aiohttptest.New(t)
		dial = func(ctx context.Context, network, addr string) error {
			_, err := server.DialContext(ctx, network, addr)
			return err
		}
	}))
	if err := dial(t.Context(), "tcp", "a.test:80"); err == nil || err.Error() != "dial tcp a.test:80: connect: connection refused" {
		t.Errorf("got %v", err)
	}
}

// The test's end does not wait for a client's patience.
func TestServerEndsHandlersThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var results = make(chan string, 3)
		wantFailures(t, failures(t, func(tb testing.TB) {
			server := aiohttptest.New(tb)
			server.Handle("/delay", aiohttptest.Delay(time.Hour, say("late")))
			server.Handle("/stall", aiohttptest.Raw(aiohttptest.Stall))
			server.Handle("/pause", aiohttptest.Raw(aiohttptest.Pause(time.Hour)))
			session := server.Session()
			for _, path := range []string{"delay", "stall", "pause"} {
				go func() { results <- get(t, session, "http://a.test/"+path) }()
			}
			synctest.Wait()
			tb.Log("failed, so that the responses may be open")
		}), "failed")
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
		for range 3 {
			if got := <-results; !strings.Contains(got, "closed") {
				t.Errorf("got %q", got)
			}
		}
	})
}
