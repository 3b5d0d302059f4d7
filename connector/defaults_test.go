package connector_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// docs/from-python.md: as many connections at one time, in all and to one host, as
// aiohttp has, and the same rest for each.
func TestDefaultsOfThePoolAreAiohttps(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		s := e.warm() // the host takes connections: all places are its
		var answers []<-chan answer
		for range 101 {
			answers = append(answers, e.get())
			synctest.Wait()
		}
		e.wantStats(connector.Stats{Open: 100, Waiting: 1, Hosts: 1})
		for range 99 {
			serve(e.accept())
		}
		serve(s)
		for _, a := range answers[:100] {
			want(t, <-a, 200, "hello")
		}
		synctest.Wait()
		e.wantStats(connector.Stats{Open: 100, Idle: 99, Hosts: 1})
		time.Sleep(15*time.Second + time.Second) // the rest of those that served nobody else
		e.wantStats(connector.Stats{Open: 1, Hosts: 1})
	})
}

// The time-outs of each phase, by their documented values; there is none for the whole.
func TestDefaultsOfTheTimeouts(t *testing.T) {
	c := connector.New()
	defer c.Close()
	diff(t, c.Timeouts(), connector.Timeouts{
		Pool: 60 * time.Second, DNS: 10 * time.Second, Connect: 10 * time.Second, TLS: 10 * time.Second,
		Write: 60 * time.Second, Head: 30 * time.Second, BodyStall: 60 * time.Second, Total: -1,
	})
}

// Names are known as long as aiohttp knows them.
func TestDefaultsOfTheDNSCacheAreAiohttps(t *testing.T) {
	inDNS(t, connector.Options{}, func(t *testing.T, r *resolver, c *connector.Connector) {
		lookup(t, c, "example.com")
		time.Sleep(10*time.Second - time.Nanosecond)
		lookup(t, c, "example.com")
		r.want(t, 1)
		time.Sleep(time.Nanosecond)
		lookup(t, c, "example.com")
		r.want(t, 2)
	})
}

// What the limits of a head are, on both sides of each.
func TestDefaultsOfTheLimits(t *testing.T) {
	fields := func(n int) string { return strings.Repeat("A: 1\r\n", n) }
	for _, tt := range []struct {
		name      string
		at, above string
	}{
		{"line", "HTTP/1.1 200 " + strings.Repeat("x", 8190-len("HTTP/1.1 200 \r\n")) + "\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 " + strings.Repeat("x", 8191-len("HTTP/1.1 200 \r\n")) + "\r\nContent-Length: 0\r\n\r\n"},
		{"fields", "HTTP/1.1 200 OK\r\n" + fields(127) + "Content-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + fields(128) + "Content-Length: 0\r\n\r\n"},
		{"head", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + strings.Repeat("x", 250<<10) + "\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: " + strings.Repeat("x", 256<<10) + "\r\n\r\n"},
		{"interim", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 16) + "HTTP/1.1 204 No Content\r\n\r\n",
			strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 17) + "HTTP/1.1 204 No Content\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				for _, test := range []struct {
					text string
					ok   bool
				}{{tt.at, true}, {tt.above, false}} {
					out := e.get()
					s := e.accept()
					s.WantHead()
					s.Write(test.text)
					if a := <-out; (a.err == nil) != test.ok {
						t.Errorf("%d octets: %v", len(test.text), a.err)
					}
					e.c.CloseIdleConnections()
					synctest.Wait()
				}
			})
		})
	}
}

// RFC 8305, section 5: "One recommended value for a default delay is 250
// milliseconds."
// https://www.rfc-editor.org/rfc/rfc8305#section-5
func TestDefaultsOfTheAddressDelay(t *testing.T) {
	for _, tt := range []struct{ set, want time.Duration }{
		{0, 250 * time.Millisecond}, {100 * time.Millisecond, 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			start, refused := time.Now(), errors.New("refused")
			second := make(chan time.Duration, 1)
			c := connector.New(connector.Options{
				AddressDelay: tt.set, Resolver: several{"127.0.0.1", "127.0.0.2"},
				// The last moment before a connection would be opened. Here is none.
				Guard: func(addr netip.AddrPort) error {
					if addr.Addr() != loopback {
						second <- time.Since(start)
						return refused
					}
					time.Sleep(time.Second)
					return refused
				},
			})
			if conn, err := c.Dial(t.Context(), "example.com:80"); err == nil {
				conn.Close()
				t.Error("connected in spite of the guard")
			}
			if got := <-second; got != tt.want {
				t.Errorf("the second address was tried after %v, want %v", got, tt.want)
			}
			c.Close()
		})
	}
}
