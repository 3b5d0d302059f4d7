package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

// local gives a session for which every host is httpbin, without a socket.
func local(t *testing.T) *aiohttp.Session {
	c := connector.New(connector.Options{Handler: httpbin.New()})
	t.Cleanup(func() { c.Close() })
	return aiohttp.NewSession(aiohttp.Options{Connector: c})
}

func TestRunAwaitsCancelsAndBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		start := time.Now()
		if err := run(t.Context(), &out, local(t), "http://httpbin.test"); err != nil {
			t.Fatal(err)
		}
		want := "asked, and not blocked\nawaited: 200\ncancelled: true\nbounded in time: true\n"
		if got := out.String(); got != want {
			t.Errorf("output:\n%swant:\n%s", got, want)
		}
		if took := time.Since(start); took != 600*time.Millisecond {
			t.Errorf("took %v, want 600ms", took)
		}
	})
}

func TestRunEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := run(ctx, &strings.Builder{}, local(t), "http://httpbin.test")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}
