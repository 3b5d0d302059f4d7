package connector_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// A dial function that does not look at its context must not hold a request up
// beyond the context's end, and the connection that it brings too late must not
// be lost.
func TestDialFunctionThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := testnet.Pipe()
		defer server.Close()
		c := connector.New(connector.Options{DialContext: func(context.Context, string, string) (net.Conn, error) {
			time.Sleep(time.Hour)
			return client, nil
		}})
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, "GET", "http://a.test/", nil)
		start := time.Now()
		_, err := c.RoundTrip(req)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want that of the context", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("returned after %v, want 1s", took)
		}
		if stats := c.Stats(); stats.Open != 0 {
			t.Errorf("%d connections are counted, want 0", stats.Open)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if _, err := client.Write([]byte("x")); err == nil {
			t.Error("the connection that came too late is still open")
		}
	})
}
