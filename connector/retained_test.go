package connector_test

import (
	"context"
	"io"
	"net/http/httptrace"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// TestConnectionAtRestKeepsNothingOfARequest holds that the context of a request, and
// with it all that the program has put there, can be collected while the connection
// that it was sent on rests, whatever way it has come to rest.
func TestConnectionAtRestKeepsNothingOfARequest(t *testing.T) {
	for name, tt := range map[string]struct {
		first, rest string
		end         func(io.ReadCloser) error
	}{
		"with-the-head": {okHello, "", func(body io.ReadCloser) error { _, err := io.ReadAll(body); return err }},
		"read":          {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello", func(body io.ReadCloser) error { _, err := io.ReadAll(body); return err }},
		"drained":       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello", io.ReadCloser.Close},
	} {
		t.Run(name, func(t *testing.T) {
			c, url, ln := onSockets(t, false, connector.Options{})
			connector.DrainFor(c, time.Minute)
			var collected atomic.Bool
			head, done := make(chan bool), make(chan bool)
			go func() {
				defer close(done)
				kept := new([1 << 10]byte)
				runtime.AddCleanup(kept, func(*atomic.Bool) { collected.Store(true) }, &collected)
				type key struct{}
				ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, kept))
				defer cancel()
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{PutIdleConn: func(error) { kept[0]++ }})
				resp, err := c.RoundTrip(request(t, "GET", url, nil).WithContext(ctx))
				head <- true
				if err == nil {
					time.Sleep(3 * connector.Tick) // the context is watched by now
					err = tt.end(resp.Body)
				}
				if err != nil {
					t.Error(err)
				}
			}()
			s := testnet.Accept(t, ln)
			s.WantHead()
			s.Write(tt.first)
			<-head
			if name == "drained" {
				<-done
			}
			s.Write(tt.rest)
			<-done
			atRest(t, c)
			if got := c.Stats(); got.Idle != 1 {
				t.Fatalf("got %+v", got)
			}
			for range 1000 {
				if runtime.GC(); collected.Load() {
					return
				}
				time.Sleep(time.Millisecond)
			}
			t.Error("the connection keeps what was in the context")
		})
	}
}
