package connector_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// TestCancellationAtAnyMoment cancels requests, and closes their bodies from
// other goroutines, at random moments. Nobody may ever see what belongs to
// another request, and no connection may be lost.
func TestCancellationAtAnyMoment(t *testing.T) {
	testnet.LeakCheck(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		var n int
		fmt.Sscan(strings.TrimPrefix(r.URL.Path, "/"), &n)
		io.WriteString(w, strings.Repeat(r.URL.Path+";", 1+n*10))
	}))
	defer srv.Close()
	c := connector.New(connector.Options{MaxConns: 8})
	defer c.Close()
	r := rand.New(rand.NewPCG(1, 2))
	slots := make(chan struct{}, 32)
	var all sync.WaitGroup
	for i := range 1500 {
		after, act, upload := time.Duration(r.IntN(3000))*time.Microsecond, r.IntN(3), r.IntN(4) == 0
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			method, body := "GET", io.Reader(nil)
			if upload {
				method, body = "POST", bytes.NewReader(make([]byte, 100_000))
			}
			req := request(t, method, fmt.Sprintf("%s/%d", srv.URL, i), body).WithContext(ctx)
			if act == 0 {
				defer time.AfterFunc(after, cancel).Stop()
			}
			resp, err := c.RoundTrip(req)
			if err != nil {
				if act != 0 || !errors.Is(err, context.Canceled) {
					t.Errorf("request %d: %v", i, err)
				}
				return
			}
			var closing sync.WaitGroup
			if act == 1 {
				closing.Go(func() { time.Sleep(after / 10); resp.Body.Close() })
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			closing.Wait()
			whole := strings.Repeat(req.URL.Path+";", 1+i*10)
			if !strings.HasPrefix(whole, string(got)) || err == nil && len(got) != len(whole) {
				t.Errorf("request %d: read %d bytes of another answer, %v", i, len(got), err)
			}
			if err != nil && act == 2 {
				t.Errorf("request %d: %v", i, err)
			}
		})
	}
	all.Wait()
	atRest(t, c)
	if s := c.Stats(); s.Open != s.Idle || s.Waiting != 0 || s.Open > 8 {
		t.Errorf("pool: %+v", s)
	}
}

// TestConnectorIsClosedAtAnyMomentOverTLS closes connectors while requests are under
// way over TLS: the alert comes from another goroutine than what is sent.
func TestConnectorIsClosedAtAnyMomentOverTLS(t *testing.T) {
	testnet.LeakCheck(t)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, strings.Repeat("x", 100_000))
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	trusting := policy(t, trust.Options{CAs: roots})
	r := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		c := connector.New(connector.Options{TLS: trusting})
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for {
					body := io.Reader(nil)
					if i%2 == 0 {
						body = bytes.NewReader(make([]byte, 50_000))
					}
					if a := exchange(c, request(t, "PUT", srv.URL, body)); a.err != nil {
						if !errors.Is(a.err, connector.ErrClosed) {
							t.Error(a.err)
						}
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(r.IntN(20_000)) * time.Microsecond)
		c.Close()
		all.Wait()
	}
}
