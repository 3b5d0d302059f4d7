package aiohttptest_test

import (
	"net/http"
	"testing"

	"github.com/aiohttp-go/aiohttp/aiohttptest"
)

func TestHandlePatterns(t *testing.T) {
	server := aiohttptest.New(t)
	for _, pattern := range []string{
		"/", "a.test/", "GET a.test/items/{id}", "https://a.test/", "GET https://a.test/only", "http://a.test:8080/",
		"localhost:9000/", "/items?page=2", "/items", "/items?page=2&size=5", "https://Upper.test", "http://[::1]:80/",
	} {
		server.Handle(pattern, say(pattern))
	}
	session := server.Session()
	for url, want := range map[string]string{
		"http://b.test/":                    "/",
		"http://a.test/":                    "a.test/",
		"http://a.test/items/7":             "GET a.test/items/{id}",
		"https://a.test/items/7":            "https://a.test/", // the scheme counts more
		"https://a.test/only":               "GET https://a.test/only",
		"https://a.test:443/only":           "GET https://a.test/only",
		"https://a.test:444/":               "a.test/",
		"http://a.test:8080/items/7":        "http://a.test:8080/",
		"http://localhost:9000/":            "localhost:9000/",
		"https://localhost:9000/":           "localhost:9000/",
		"http://localhost/":                 "/",
		"http://b.test/items":               "/items",
		"http://b.test/items?page=1":        "/items",
		"http://b.test/items?page=2&x=y":    "/items?page=2",
		"http://b.test/items?size=5&page=2": "/items?page=2&size=5",
		"https://upper.test/x":              "https://Upper.test",
		"http://[::1]/":                     "http://[::1]:80/",
	} {
		if got := get(t, session, url); got != "200 "+want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

func TestHandleReplacesAndGivesPathValues(t *testing.T) {
	server := aiohttptest.New(t)
	session := server.Session()
	server.Handle("/{name}", say("old"))
	server.HandleFunc("/{name}", func(w http.ResponseWriter, r *http.Request) { say("new "+r.PathValue("name")).ServeHTTP(w, r) })
	if got := get(t, session, "http://a.test/x"); got != "200 new x" {
		t.Errorf("got %q", got)
	}
}

func TestHandleRefusesPatterns(t *testing.T) {
	for pattern, want := range map[string]string{
		"":              `aiohttptest: pattern "": nothing to match`,
		"ftp://a.test/": `aiohttptest: pattern "ftp://a.test/": unsupported scheme "ftp"`,
		"https:///x":    `aiohttptest: pattern "https:///x": no host after the scheme`,
		"GET /{":        `aiohttptest: pattern "GET /{": parsing "GET /{"`,
		"/x?a=%zz":      `aiohttptest: pattern "/x?a=%zz": invalid URL escape`,
		"/a/{x}":        `aiohttptest: pattern "/a/{x}": pattern "/a/{x}"`,
	} {
		wantFailures(t, failures(t, func(t testing.TB) {
			server := aiohttptest.New(t)
			if pattern == "/a/{x}" {
				server.Handle("/{x}/a", say("in conflict"))
			}
			server.Handle(pattern, say(""))
		}), want)
		if pattern != "/a/{x}" {
			wantFailures(t, failures(t, func(t testing.TB) { aiohttptest.New(t).Expect(pattern, say("")) }), want)
		}
	}
}

func TestExpectAnswersInTurnThenHandle(t *testing.T) {
	server := aiohttptest.New(t)
	session := server.Session()
	server.Expect("/x", say("one"), say("two"))
	server.Handle("/x", say("always"))
	server.Expect("/x", say("three"))
	for _, want := range []string{"one", "two", "three", "always", "always"} {
		if got := get(t, session, "http://a.test/x"); got != "200 "+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestServerReportsWhatWasNotExpected(t *testing.T) {
	got := failures(t, func(tb testing.TB) {
		server := aiohttptest.New(tb)
		session := server.Session()
		if got, want := get(t, session, "https://a.test/x?y=z"), "501 aiohttptest: unexpected request: GET https://a.test/x?y=z\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		server.Expect("GET /once", say("1"))
		server.Expect("GET /never", say("1"), say("2"))
		server.Expect("GET /never?x=1", say("1"))
		get(t, session, "http://a.test/once")
		get(t, session, "http://a.test/once")
		resp, err := session.Post(t.Context(), "http://a.test/never")
		if err != nil || resp.Status != 501 {
			t.Errorf("got %v, %v", resp, err)
		}
		resp.Close()
		get(t, session, "http://a.test/never")
	})
	wantFailures(t, got,
		"aiohttptest: unexpected request: GET https://a.test/x?y=z\nthere are no handlers",
		"aiohttptest: unexpected request: GET http://a.test/once\nhandlers there are for:\n\tGET /once (all 1 were asked for)\n\tGET /never",
		"aiohttptest: unexpected request: POST http://a.test/never\n",
		"aiohttptest: expected request did not come: GET /never (1 of 2)",
		"aiohttptest: expected request did not come: GET /never?x=1 (1 of 1)",
	)
}

func TestServerReportsAHandlerThatPanics(t *testing.T) {
	wantFailures(t, failures(t, func(tb testing.TB) {
		server := aiohttptest.New(tb)
		server.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("oh") })
		server.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		session := server.Session()
		for _, path := range []string{"panic", "abort"} {
			if _, err := session.Post(t.Context(), "http://a.test/"+path); err == nil {
				t.Errorf("%s: no error", path)
			}
		}
	}), "aiohttptest: handler of POST http://a.test/panic panicked: oh\ngoroutine ")
}
