package aiohttptest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/connector"
)

// A test of code that sends requests: what it is answered, and what it asked for.
func ExampleNew() {
	_ = func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("GET https://api.example.com/items", aiohttptest.JSON(200, []string{"a", "b"}))
		session := server.Session()

		resp, err := session.Get(t.Context(), "https://api.example.com/items?page=1") // the code under test
		if err != nil {
			t.Fatal(err)
		}
		var items []string
		if err := resp.JSON(&items); err != nil || len(items) != 2 {
			t.Errorf("got %q, %v", items, err)
		}
		if got := server.Requests()[0].URL; got != "https://api.example.com/items?page=1" {
			t.Errorf("asked for %s", got)
		}
	}
}

// A time-out of half a minute, in no time.
func ExampleDelay() {
	_ = func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := aiohttptest.New(t)
			server.Handle("/", aiohttptest.Delay(time.Hour, aiohttptest.Status(200)))
			session := server.Session(aiohttp.Options{Timeouts: connector.Timeouts{Head: 30 * time.Second}})

			start := time.Now()
			if _, err := session.Get(t.Context(), "https://api.example.com/"); err == nil {
				t.Error("no time-out")
			}
			if took := time.Since(start); took != 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// What must be asked for, in turn: here a retry. The test fails if the second
// request does not come, or a third one does.
func ExampleServer_Expect() {
	_ = func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Expect("POST https://api.example.com/items",
			aiohttptest.Status(503).With("Retry-After", "1"),
			aiohttptest.JSON(201, map[string]int{"id": 1}))
		// ...
	}
}

// A server that sends half of its answer, and is then gone for two connections.
func ExampleServer_Fault() {
	_ = func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Expect("GET /file", aiohttptest.Cut(1000, aiohttptest.Reset, aiohttptest.Response{Body: make([]byte, 5000)}))
		server.Fault("files.example.com", aiohttptest.Fault{Dial: aiohttptest.Refuse, Skip: 1, Times: 2})
		// ...
	}
}

// Transports of others lead to the server too.
func ExampleServer_DialContext() {
	_ = func(t *testing.T) {
		server := aiohttptest.New(t)
		transport := &http.Transport{DialContext: server.DialContext, DialTLSContext: server.DialTLSContext}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		_ = client
	}
}
