package connector_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestErrorTexts(t *testing.T) {
	// golang/go#15935, #18596: errors do not tell what failed.
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort("10.0.0.1:80")), Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	broken := &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}
	for _, tt := range []struct {
		err  connector.Error
		want string
	}{
		{connector.Error{Phase: connector.PhasePrepare, Err: errors.New("URL without a host")}, "prepare: URL without a host"},
		{connector.Error{Phase: connector.PhasePool, Host: "a:80", Err: connector.ErrClosed}, "pool a:80: connector is closed"},
		{connector.Error{Phase: connector.PhasePool, Host: "a:80", Limit: "pool timeout of 60s", Err: os.ErrDeadlineExceeded}, "pool a:80: pool timeout of 60s exceeded (no connection came free; a response that is neither read nor closed keeps one)"},
		{connector.Error{Phase: connector.PhasePool, Host: "a:80", Err: context.DeadlineExceeded}, "pool a:80: context deadline exceeded (no connection came free; a response that is neither read nor closed keeps one)"},
		{connector.Error{Phase: connector.PhasePool, Host: "a:80", Err: context.Canceled}, "pool a:80: context canceled"},
		{connector.Error{Phase: connector.PhaseConnect, Host: "a:80", Limit: "connect timeout of 10s", Err: io.EOF}, "connect a:80: connect timeout of 10s exceeded"},
		{connector.Error{Phase: connector.PhaseConnect, Host: "a:80", Err: refused}, "connect a:80: dial tcp 10.0.0.1:80: connection refused"},
		{connector.Error{Phase: connector.PhaseHead, Host: "a:80", Addr: "10.0.0.1:80", Err: reset}, "head a:80 (10.0.0.1:80): read: connection reset by peer"},
		{connector.Error{Phase: connector.PhaseHead, Host: "10.0.0.1:80", Addr: "10.0.0.1:80", Err: reset}, "head 10.0.0.1:80: read: connection reset by peer"},
		{connector.Error{Phase: connector.PhaseWrite, Host: "10.0.0.1:80", Addr: "10.0.0.1:80", Err: broken}, "write 10.0.0.1:80: write: broken pipe"},
		{connector.Error{Phase: 99, Err: io.EOF}, "unknown: EOF"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestErrorTextOfWhatAServerSentIsQuoted(t *testing.T) {
	// CVE-2026-42507: an attacker's octets in an error's text.
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nX\x1b[2J: \x07\r\n\r\n")
		err := wantError(t, (<-out).err, connector.PhaseHead)
		if strings.ContainsAny(err.Error(), "\x1b\x07") {
			t.Errorf("got %q", err)
		}
	})
}

func TestSafeToRetry(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{&connector.Error{Phase: connector.PhasePrepare}, false},
		{&connector.Error{Phase: connector.PhaseConnect}, true},
		{&connector.Error{Phase: connector.PhaseHead, Sent: true}, false},
		{&connector.Error{Phase: connector.PhaseHead, Sent: true, Repeatable: true}, true},
	} {
		if got := connector.SafeToRetry(tt.err); got != tt.want {
			t.Errorf("%+v: got %v", tt.err, got)
		}
	}
}

func TestEndedContextIsFoundBeforeAnything(t *testing.T) {
	c := connector.New()
	defer c.Close()
	ctx, cancel := cancelable()
	cancel()
	_, err := c.RoundTrip(request(t, "GET", "http://127.0.0.1:1/", nil).WithContext(ctx))
	if e := wantError(t, err, connector.PhasePrepare); !errors.Is(e, context.Canceled) || !errors.Is(e, errWhim) {
		t.Errorf("got %v", err)
	}
}

func TestResetByPeer(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		e.net.SetOptions("example.com:80", testnet.Options{ToClient: testnet.Fault{Kind: testnet.Reset, After: 50}})
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Conn().Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + strings.Repeat("x", 100)))
		if err := wantError(t, (<-out).err, connector.PhaseBody); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
}

// errorWriter fails, or gives counts that no writer may give.
type errorWriter struct {
	n   int
	err error
}

func (w errorWriter) Write([]byte) (int, error) { return w.n, w.err }

func TestWriteToHoldsTheWriterToItsContract(t *testing.T) {
	errFull := errors.New("full")
	for _, tt := range []struct {
		w    errorWriter
		want error
	}{
		{errorWriter{0, errFull}, errFull}, {errorWriter{1, nil}, io.ErrShortWrite}, {errorWriter{1 << 30, nil}, nil}, {errorWriter{-1, nil}, nil},
	} {
		for _, coding := range []string{"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"} {
			inBubble(t, connector.Options{}, func(e *env) {
				go func() {
					s := e.accept()
					s.WantHead()
					s.Write("HTTP/1.1 200 OK\r\n" + coding)
				}()
				resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				_, err = resp.Body.(io.WriterTo).WriteTo(tt.w)
				if err == nil || tt.want != nil && err != tt.want {
					t.Errorf("%+v: got %v, want %v", tt.w, err, tt.want)
				}
			})
		}
	}
}

func TestRequestIsNotChanged(t *testing.T) {
	c := connector.New(connector.Options{Handler: http.NotFoundHandler()})
	defer c.Close()
	req := request(t, "GET", "http://u:p@example.com/a?b", nil)
	req.Header["x-Odd"] = []string{" v "}
	before := req.Clone(context.Background())
	if a := exchange(c, req); a.err != nil {
		t.Fatal(a.err)
	}
	diff(t, req.Header, before.Header)
	diff(t, req.URL.String(), before.URL.String())
}
