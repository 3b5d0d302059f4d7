package connector_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// unanswered gives an address of this machine that takes no more connections:
// the system drops what asks for one.
func unanswered(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		t.Cleanup(func() { syscall.Close(fd) })
		err = errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(name.(*syscall.SockaddrInet4).Port))
	for range 100 {
		conn, err := net.DialTimeout("tcp", addr, 100*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("a listener without a queue takes a hundred connections")
	return ""
}

func TestUnansweredConnectEnds(t *testing.T) {
	addr := unanswered(t)
	for _, test := range []struct {
		name    string
		limit   time.Duration
		end     func(c *connector.Connector, cancel context.CancelCauseFunc) // once it is connecting
		want    error
		timeout bool
	}{
		{"limit", time.Millisecond, nil, nil, true},
		{"context", -1, func(_ *connector.Connector, cancel context.CancelCauseFunc) { cancel(errWhim) }, errWhim, false},
		{"close", -1, func(c *connector.Connector, _ context.CancelCauseFunc) { c.Close() }, connector.ErrClosed, false},
	} {
		for _, others := range []int{0, 1} { // beside another to the same host, it has a goroutine of its own
			ends := make([]context.CancelCauseFunc, 1+others)
			c := connector.New(connector.Options{Timeouts: connector.Timeouts{Connect: test.limit}})
			connecting, errs := make(chan bool, len(ends)), make(chan error, len(ends))
			for i := range ends {
				var ctx context.Context
				ctx, ends[i] = context.WithCancelCause(t.Context())
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{ConnectStart: func(string, string) { connecting <- true }})
				req, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr, nil)
				if err != nil {
					t.Fatal(err)
				}
				go func() {
					_, err := c.RoundTrip(req)
					errs <- err
				}()
			}
			for range ends {
				<-connecting
			}
			for _, end := range ends {
				if test.end != nil {
					test.end(c, end)
				}
			}
			for range ends {
				err := <-errs
				var e *connector.Error
				if !errors.As(err, &e) || e.Phase != connector.PhaseConnect || e.Timeout() != test.timeout || !errors.Is(err, test.want) && test.want != nil {
					t.Errorf("%s, beside %d: got %v", test.name, others, err)
				}
			}
			for _, end := range ends {
				end(nil)
			}
			c.Close()
		}
	}
}
