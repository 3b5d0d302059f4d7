package aiohttp_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// Each hop is quicker than the limit; together they are not.
func TestSessionTotalTimeoutSpansRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t)
		ln, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		start := time.Now()
		failed := make(chan error, 1)
		go func() {
			_, err := session.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Total: 5 * time.Second}})
			failed <- err
		}()
		peer := testnet.Accept(t, ln)
		for range 2 {
			peer.WantHead()
			time.Sleep(2 * time.Second)
			peer.Write("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
		}
		peer.WantHead()
		err = <-failed
		var e *aiohttp.Error
		if !errors.As(err, &e) || !e.Timeout() || e.Phase != connector.PhaseHead || !strings.Contains(err.Error(), "total timeout of 5s") {
			t.Errorf("error %v, want the time-out of 5s in phase head", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("gave up after %v, want 5s", took)
		}
		peer.Close()
	})
}
