package aiohttp_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// as reports whether an error is of a type.
func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// in reports whether a request failed in one of the phases.
func in(err error, phases ...connector.Phase) bool {
	e, ok := errors.AsType[*aiohttp.Error](err)
	if !ok {
		return false
	}
	for _, phase := range phases {
		if e.Phase == phase {
			return true
		}
	}
	return false
}

// timeout reports whether a limit of the connector's was exceeded, in one of the
// phases.
func timeout(err error, phases ...connector.Phase) bool {
	e, ok := errors.AsType[*aiohttp.Error](err)
	return ok && e.Timeout() && in(err, phases...)
}

// get asks a session of the test's own.
func get(t *testing.T, address string, req aiohttp.Request, opts ...connector.Options) error {
	t.Helper()
	c := connector.New(opts...)
	defer c.Close()
	resp, err := aiohttp.NewSession(aiohttp.Options{Connector: c}).Get(t.Context(), address, req)
	if err != nil {
		return err
	}
	_, err = resp.Bytes()
	return err
}

// raw serves one connection with these bytes, once a head has come, on the
// loopback.
func raw(t *testing.T, answer string, end func(*net.TCPConn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	t.Cleanup(func() {
		ln.Close()
		<-served
	})
	go func() {
		defer close(served)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.Read(make([]byte, 4096))
		io.WriteString(conn, answer)
		end(conn.(*net.TCPConn))
	}()
	return "http://" + ln.Addr().String()
}

func closeIt(conn *net.TCPConn) { conn.Close() }

// wait holds the connection until the client leaves.
func wait(conn *net.TCPConn) { io.Copy(io.Discard, conn) }

// unbound gives an address where nobody listens.
func unbound(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return "http://" + ln.Addr().String()
}

// wsaConnReset is how Windows names a reset.
const wsaConnReset = syscall.Errno(10054)

// noNames knows no host.
type noNames struct{ connector.Resolver }

func (noNames) LookupNetIP(_ context.Context, _, host string) (none []netip.Addr, err error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// The table of docs/from-python.md: how each class of aiohttp's is told apart, and
// that it is told apart from the others.
var hierarchy = []struct {
	class   string
	provoke func(t *testing.T) error
	is      func(err error) bool
	not     func(err error) bool // what it must not be taken for
}{
	{"ClientError",
		func(t *testing.T) error { return get(t, unbound(t), aiohttp.Request{}) },
		as[*url.Error], as[*aiohttp.StatusError]},
	{"ClientResponseError",
		func(t *testing.T) error {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) }, aiohttp.Options{RaiseForStatus: true})
			_, err := s.Get(t.Context(), "http://a.test/")
			return err
		},
		as[*aiohttp.StatusError], as[*aiohttp.Error]},
	{"ContentTypeError",
		func(t *testing.T) error {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") })
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err == nil {
				_, err = aiohttp.JSON[any](resp)
			}
			return err
		},
		func(err error) bool { return errors.Is(err, aiohttp.ErrContentType) && as[*json.SyntaxError](err) }, as[*aiohttp.StatusError]},
	{"TooManyRedirects",
		func(t *testing.T) error {
			s := site(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
			_, err := s.Get(t.Context(), "http://a.test/")
			return err
		},
		func(err error) bool { return errors.Is(err, aiohttp.ErrTooManyRedirects) }, aiohttp.SafeToRetry},
	{"ClientConnectionError",
		func(t *testing.T) error { return get(t, unbound(t), aiohttp.Request{}) },
		func(err error) bool { return as[*aiohttp.Error](err) && !in(err, connector.PhasePrepare) }, as[*aiohttp.StatusError]},
	{"ClientConnectionResetError",
		func(t *testing.T) error {
			return get(t, raw(t, "", func(conn *net.TCPConn) {
				conn.SetLinger(0) // a reset
				conn.Close()
			}), aiohttp.Request{})
		},
		func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, wsaConnReset) }, func(err error) bool { return timeout(err, connector.PhaseHead) }},
	{"ClientOSError",
		func(t *testing.T) error { return get(t, unbound(t), aiohttp.Request{}) },
		as[syscall.Errno], as[*net.DNSError]},
	{"ClientConnectorError",
		func(t *testing.T) error { return get(t, unbound(t), aiohttp.Request{}) },
		func(err error) bool {
			return in(err, connector.PhaseDNS, connector.PhaseConnect, connector.PhaseTLS) && aiohttp.SafeToRetry(err)
		},
		func(err error) bool { return in(err, connector.PhaseHead) }},
	{"ClientConnectorDNSError",
		func(t *testing.T) error {
			return get(t, "http://none.test/", aiohttp.Request{}, connector.Options{Resolver: noNames{}})
		},
		as[*net.DNSError], as[syscall.Errno]},
	{"ClientHttpProxyError",
		func(t *testing.T) error {
			return get(t, "https://a.test/", aiohttp.Request{Proxy: raw(t, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", closeIt)})
		},
		func(err error) bool {
			refusal, ok := errors.AsType[*connector.ProxyError](err)
			return ok && refusal.Status == 403 && in(err, connector.PhaseProxy)
		}, as[*aiohttp.StatusError]},
	{"ClientProxyConnectionError",
		func(t *testing.T) error { return get(t, "http://a.test/", aiohttp.Request{Proxy: unbound(t)}) },
		func(err error) bool {
			e, ok := errors.AsType[*aiohttp.Error](err)
			return ok && e.Proxy != "" && in(err, connector.PhaseDNS, connector.PhaseConnect)
		}, as[*connector.ProxyError]},
	{"UnixClientConnectorError",
		func(t *testing.T) error {
			return get(t, "http://a.test/", aiohttp.Request{}, connector.Options{UnixSocket: filepath.Join(t.TempDir(), "none.sock")})
		},
		func(err error) bool {
			op, ok := errors.AsType[*net.OpError](err)
			return ok && op.Net == "unix" && in(err, connector.PhaseConnect)
		}, as[*net.DNSError]},
	{"ClientSSLError",
		func(t *testing.T) error {
			return get(t, strings.Replace(raw(t, "HTTP/1.1 400 no TLS\r\n\r\n", closeIt), "http:", "https:", 1), aiohttp.Request{})
		},
		func(err error) bool { return in(err, connector.PhaseTLS) }, as[*trust.CertificateError]},
	{"ClientConnectorSSLError",
		func(t *testing.T) error {
			return get(t, strings.Replace(raw(t, "HTTP/1.1 400 no TLS\r\n\r\n", closeIt), "http:", "https:", 1), aiohttp.Request{})
		},
		as[*trust.HandshakeError], as[*trust.CertificateError]},
	{"ClientConnectorCertificateError",
		func(t *testing.T) error {
			return get(t, newTLSServer(t, nil).URL, aiohttp.Request{})
		},
		func(err error) bool { return as[*trust.CertificateError](err) && as[x509.UnknownAuthorityError](err) }, as[*trust.HandshakeError]},
	{"ServerConnectionError",
		func(t *testing.T) error { return get(t, raw(t, "", closeIt), aiohttp.Request{}) },
		func(err error) bool { return in(err, connector.PhaseWrite, connector.PhaseHead, connector.PhaseBody) },
		func(err error) bool { return in(err, connector.PhaseConnect) }},
	{"ServerDisconnectedError",
		func(t *testing.T) error { return get(t, raw(t, "", closeIt), aiohttp.Request{}) },
		func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) && in(err, connector.PhaseHead) }, as[syscall.Errno]},
	{"ServerTimeoutError",
		func(t *testing.T) error {
			return get(t, raw(t, "", wait), aiohttp.Request{Timeouts: connector.Timeouts{Head: time.Millisecond}})
		},
		func(err error) bool {
			return errors.Is(err, os.ErrDeadlineExceeded) && timeout(err, connector.PhaseHead)
		},
		func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
	{"ConnectionTimeoutError",
		func(t *testing.T) error {
			return get(t, "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Connect: time.Millisecond}},
				connector.Options{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}})
		},
		func(err error) bool {
			return timeout(err, connector.PhasePool, connector.PhaseDNS, connector.PhaseConnect, connector.PhaseTLS)
		},
		func(err error) bool { return timeout(err, connector.PhaseHead, connector.PhaseBody) }},
	{"SocketTimeoutError",
		func(t *testing.T) error {
			return get(t, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", wait), aiohttp.Request{Timeouts: connector.Timeouts{BodyStall: time.Millisecond}})
		},
		func(err error) bool {
			return timeout(err, connector.PhaseWrite, connector.PhaseHead, connector.PhaseBody)
		},
		func(err error) bool { return timeout(err, connector.PhaseConnect) }},
	{"TimeoutError",
		func(t *testing.T) error {
			c := connector.New()
			defer c.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			_, err := aiohttp.NewSession(aiohttp.Options{Connector: c}).Get(ctx, raw(t, "", wait))
			return err
		},
		func(err error) bool { return errors.Is(err, context.DeadlineExceeded) },
		func(err error) bool { return errors.Is(err, context.Canceled) }},
	{"ServerFingerprintMismatch",
		func(t *testing.T) error {
			srv := newTLSServer(t, nil)
			pin, err := trust.ParsePin("sha256//" + strings.Repeat("A", 43) + "=")
			if err != nil {
				t.Fatal(err)
			}
			policy, err := trust.New(trust.Options{CAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, Pins: []trust.Pin{pin}})
			if err != nil {
				t.Fatal(err)
			}
			return get(t, srv.URL, aiohttp.Request{TLS: policy})
		},
		func(err error) bool {
			bad, ok := errors.AsType[*trust.CertificateError](err)
			return ok && bad.Problem == trust.PinMismatch
		}, as[x509.UnknownAuthorityError]},
	{"ClientPayloadError",
		func(t *testing.T) error {
			return get(t, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", closeIt), aiohttp.Request{})
		},
		func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) && in(err, connector.PhaseBody) },
		func(err error) bool { return in(err, connector.PhaseHead) }},
	{"InvalidURL",
		func(t *testing.T) error { return get(t, "http://[", aiohttp.Request{}) },
		func(err error) bool {
			return errors.Is(err, aiohttp.ErrInvalidURL) && in(err, connector.PhasePrepare) && !aiohttp.SafeToRetry(err)
		},
		otherThan(aiohttp.ErrInvalidURL)},
	{"InvalidUrlClientError",
		func(t *testing.T) error { return get(t, "http://a.test:99999/", aiohttp.Request{}) },
		func(err error) bool {
			return errors.Is(err, aiohttp.ErrInvalidURL) && in(err, connector.PhasePrepare) && !aiohttp.SafeToRetry(err)
		},
		otherThan(aiohttp.ErrInvalidURL)},
	{"NonHttpUrlClientError",
		func(t *testing.T) error { return get(t, "ftp://a.test/", aiohttp.Request{}) },
		func(err error) bool {
			return errors.Is(err, aiohttp.ErrUnsupportedScheme) && in(err, connector.PhasePrepare)
		},
		otherThan(aiohttp.ErrUnsupportedScheme)},
	{"ValueError",
		func(t *testing.T) error {
			return get(t, "http://a.test/", aiohttp.Request{Header: http.Header{"X": {"a\r\nb"}}})
		},
		func(err error) bool { return in(err, connector.PhasePrepare) && !aiohttp.SafeToRetry(err) }, otherThan()},
	{"RedirectClientError", redirected("http://[/"),
		func(err error) bool { return errors.Is(err, aiohttp.ErrBadRedirect) && !aiohttp.SafeToRetry(err) },
		func(err error) bool { return errors.Is(err, aiohttp.ErrTooManyRedirects) }},
	{"InvalidUrlRedirectClientError", redirected("http://[/"),
		func(err error) bool {
			return errors.Is(err, aiohttp.ErrBadRedirect) && errors.Is(err, aiohttp.ErrInvalidURL)
		},
		otherThan(aiohttp.ErrInvalidURL, aiohttp.ErrBadRedirect)},
	{"NonHttpUrlRedirectClientError", redirected("file:///etc/passwd"),
		func(err error) bool {
			return errors.Is(err, aiohttp.ErrBadRedirect) && errors.Is(err, aiohttp.ErrUnsupportedScheme)
		},
		otherThan(aiohttp.ErrUnsupportedScheme, aiohttp.ErrBadRedirect)},
}

// otherThan reports whether an error is of one of the kinds of bad URLs that are
// not among these.
func otherThan(kinds ...error) func(error) bool {
	return func(err error) bool {
		for _, kind := range []error{aiohttp.ErrInvalidURL, aiohttp.ErrUnsupportedScheme, aiohttp.ErrBadRedirect} {
			if errors.Is(err, kind) && !slices.Contains(kinds, kind) {
				return true
			}
		}
		return false
	}
}

// Each way in which a URL can lead nowhere is told apart, in the caller's URL and in
// a redirect's.
func TestErrorTellsWhatIsWrongWithAURL(t *testing.T) {
	for _, test := range []struct {
		name, url string
		want      error
	}{
		{"no-scheme", "/a", aiohttp.ErrInvalidURL},
		{"no-host", "http:///a", aiohttp.ErrInvalidURL},
		{"opaque", "http:a.test", aiohttp.ErrInvalidURL},
		{"escape", "http://a.test/%zz", aiohttp.ErrInvalidURL},
		{"password", "http://u:p%zz@a.test/", aiohttp.ErrInvalidURL},
		{"port", "http://a.test:0/", aiohttp.ErrInvalidURL},
		{"odd-ipv4", "http://127.1/", aiohttp.ErrInvalidURL},
		{"odd-label", "http://xn--a/", aiohttp.ErrInvalidURL},
		{"space-in-query", "http://a.test/?a b", aiohttp.ErrInvalidURL},
		{"ftp", "FTP://a.test/", aiohttp.ErrUnsupportedScheme},
		{"websocket", "ws://a.test/", aiohttp.ErrUnsupportedScheme},
		{"javascript", "javascript:alert(1)", aiohttp.ErrUnsupportedScheme},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := get(t, test.url, aiohttp.Request{}); !errors.Is(err, test.want) || otherThan(test.want)(err) {
				t.Errorf("error %v", err)
			}
			if test.name == "no-scheme" || test.name == "opaque" || test.name == "space-in-query" {
				return // it leads somewhere in a redirect, or stands on another row
			}
			if err := redirected(test.url)(t); !errors.Is(err, test.want) || otherThan(test.want, aiohttp.ErrBadRedirect)(err) || !errors.Is(err, aiohttp.ErrBadRedirect) {
				t.Errorf("error of a redirect: %v", err)
			}
		})
	}
}

// A body that is not JSON is told apart by what the server says that it is.
func TestErrorTellsWhetherJSONWasPromised(t *testing.T) {
	for _, test := range []struct {
		kind, body string
		promised   bool
	}{
		{"text/html", "<html>", false},
		{"", "<html>", false},
		{"application/jsonx", "<html>", false},
		{"application/json; charset=utf-8", "<html>", true},
		{"application/problem+JSON", "<html>", true},
	} {
		t.Run(test.kind, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.kind}
				io.WriteString(w, test.body)
			})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			_, err = aiohttp.JSON[any](resp)
			if !as[*json.SyntaxError](err) || errors.Is(err, aiohttp.ErrContentType) == test.promised {
				t.Errorf("error %v", err)
			}
		})
	}
}

// redirected provokes the error of a Location that cannot be followed.
func redirected(location string) func(t *testing.T) error {
	return func(t *testing.T) error {
		s := site(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
		_, err := s.Get(t.Context(), "http://a.test/")
		return err
	}
}

func TestErrorHierarchy(t *testing.T) {
	for _, row := range hierarchy {
		t.Run(row.class, func(t *testing.T) {
			err := row.provoke(t)
			if err == nil || !row.is(err) || row.not(err) {
				t.Errorf("error %v (%s)", err, chainOf(err))
			}
		})
	}
}

// chainOf tells the types of an error.
func chainOf(err error) string {
	var types []string
	for ; err != nil; err = errors.Unwrap(err) {
		types = append(types, fmt.Sprintf("%T", err))
	}
	return strings.Join(types, " > ")
}

// Each class of docs/from-python.md's table of errors is provoked here, but for
// those that the table says are to come.
func TestErrorHierarchyIsTheDocuments(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("docs", "from-python.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n## Errors\n")
	table, _, _ = strings.Cut(table, "\n## ")
	tested := map[string]bool{}
	for _, row := range hierarchy {
		tested[row.class] = true
		if !strings.Contains(table, "\n| `"+row.class+"` |") {
			t.Errorf("%s has no row in the document", row.class)
		}
	}
	for line := range strings.Lines(table) {
		class, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "` |")
		if ok && strings.HasPrefix(line, "| `") && !tested[class] && !strings.Contains(line, "to come") {
			t.Errorf("%s is provoked by no test", class)
		}
	}
}
