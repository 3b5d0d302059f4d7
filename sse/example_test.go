package sse_test

import (
	"context"
	"fmt"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/sse"
)

// A stream that the server ends after each event: the loop goes on where it was.
func ExampleSubscribe() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") == "2" {
			w.WriteHeader(http.StatusNoContent) // that was all
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		if r.Header.Get("Last-Event-ID") == "" {
			fmt.Fprint(w, "retry: 10\n\n", "id: 1\ndata: hello\n\n")
			return
		}
		fmt.Fprint(w, "id: 2\nevent: news\ndata: two\ndata: lines\n\n")
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for event, err := range sse.Subscribe(ctx, session, srv.URL) {
		if err != nil {
			stdlog.Fatal(err)
		}
		fmt.Printf("%s %s %q\n", event.ID, event.Type, event.Data)
	}
	// Output:
	// 1 message "hello"
	// 2 news "two\nlines"
}

// The parser alone, over any reader; a response is one.
func ExampleRead() {
	stream := strings.NewReader("data: one\n\n: a comment\n\ndata: two\n\n")
	for event, err := range sse.Read(stream) {
		if err != nil {
			stdlog.Fatal(err)
		}
		fmt.Println(event.Data)
	}
	// Output:
	// one
	// two
}
