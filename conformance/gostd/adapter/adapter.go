// Package adapter makes a connector out of what a test has said to an
// http.Transport.
//
// Limitations: of a Transport's exported fields it passes on those for which a
// connector has an option. Proxy and what belongs to it, DialTLS,
// ExpectContinueTimeout and the sizes of buffers have none; MaxIdleConns and
// MaxIdleConnsPerHost have none either, because a connector bounds connections,
// idle or not.
package adapter

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// LogVariable names the environment variable with the path of a file that gets
// one octet for each round trip, by which the runner sees which tests came
// here: [Ours], or the letter of why the Transport kept it.
const LogVariable = "TEST_GOSTD_LOG"

// BareVariable names the environment variable that, when it is not empty, makes
// the adapter give the cause of each error in the place of the error.
const BareVariable = "TEST_GOSTD_BARE"

// Ours is the octet of a round trip that went through the connector.
const Ours = 'x'

// Engine sends requests in the place of Transports: each has a connector. It is
// safe for concurrent use.
type Engine struct{ transports sync.Map } // *http.Transport to *engine

// New makes an engine.
func New() *Engine { return new(Engine) }

// engine is the connector of one Transport.
type engine struct {
	mu        sync.Mutex
	settings  settings
	connector *connector.Connector
	err       error
}

// settings are those of a Transport's that a test may change between requests.
type settings struct {
	disableKeepAlives bool
	tls               *tls.Config
}

// of gives the connector of tr. The settings of tr are read at the first
// request, since tests change them until then, and at later ones: when one of
// those in settings has changed, tr gets another connector.
func (e *Engine) of(tr *http.Transport) (*connector.Connector, error) {
	v, _ := e.transports.LoadOrStore(tr, new(engine))
	own := v.(*engine)
	own.mu.Lock()
	defer own.mu.Unlock()
	if now := (settings{tr.DisableKeepAlives, tr.TLSClientConfig}); own.connector == nil || now != own.settings {
		if own.connector != nil {
			own.connector.CloseIdleConnections()
		}
		own.settings = now
		own.connector, own.err = connect(tr)
	}
	return own.connector, own.err
}

// RoundTrip sends req through the connector of tr.
func (e *Engine) RoundTrip(tr *http.Transport, req *http.Request) (*http.Response, error) {
	note(Ours)
	c, err := e.of(tr)
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	resp, err := c.RoundTrip(req)
	if bare {
		err = cause(err)
		if resp != nil && resp.Body != http.NoBody {
			resp.Body = bareBody{resp.Body}
		}
	}
	return resp, err
}

var bare = os.Getenv(BareVariable) != ""

// cause gives what the connector has wrapped.
func cause(err error) error {
	var ours *connector.Error
	if !errors.As(err, &ours) {
		return err
	}
	if errors.Is(ours.Err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return ours.Err
}

type bareBody struct{ io.ReadCloser }

func (b bareBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	return n, cause(err)
}

// Passed notes that a Transport kept a request.
func (e *Engine) Passed(why rune) { note(why) }

// CloseIdleConnections closes those of tr's connector.
func (e *Engine) CloseIdleConnections(tr *http.Transport) {
	if c := e.used(tr); c != nil {
		c.CloseIdleConnections()
	}
}

// Idle gives the resting connections of tr's connector, and the key of each.
func (e *Engine) Idle(tr *http.Transport) (keys []string, conns []net.Conn, ok bool) {
	c := e.used(tr)
	if c == nil {
		return nil, nil, false
	}
	// The runner adds this method to the connector.
	keys, conns = any(c).(interface {
		Idle() ([]string, []net.Conn)
	}).Idle()
	return keys, conns, true
}

// used gives the connector of tr, or nil when it has sent nothing yet.
func (e *Engine) used(tr *http.Transport) *connector.Connector {
	if _, ok := e.transports.Load(tr); !ok {
		return nil
	}
	c, _ := e.of(tr)
	return c
}

func connect(tr *http.Transport) (*connector.Connector, error) {
	opts := connector.Options{
		MaxConns:           -1, // a Transport has no limit of this kind
		MaxConnsPerHost:    tr.MaxConnsPerHost,
		IdleTimeout:        orNone(tr.IdleConnTimeout),
		DisableKeepAlives:  tr.DisableKeepAlives || tr.MaxIdleConnsPerHost < 0,
		DisableCompression: tr.DisableCompression,
		DialContext:        dialer(tr),
		Timeouts: connector.Timeouts{
			Pool: -1,
			Head: orNone(tr.ResponseHeaderTimeout),
			TLS:  orNone(tr.TLSHandshakeTimeout),
		},
		Limits: connector.Limits{HeadBytes: int(min(tr.MaxResponseHeaderBytes, math.MaxInt32))},
	}
	if tr.TLSClientConfig != nil {
		policy, err := trust.New(trust.Options{Config: tr.TLSClientConfig})
		if err != nil {
			return nil, err
		}
		opts.TLS = policy
	}
	return connector.New(opts), nil
}

func dialer(tr *http.Transport) func(context.Context, string, string) (net.Conn, error) {
	dial := tr.Dial //lint:ignore SA1019 tests set it
	if tr.DialContext == nil && dial != nil {
		return func(_ context.Context, network, addr string) (net.Conn, error) { return dial(network, addr) }
	}
	return tr.DialContext
}

// orNone turns a Transport's "zero means no time-out" into ours.
func orNone(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// note tells the runner of one round trip.
func note(octet rune) {
	path := os.Getenv(LogVariable)
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic("adapter: " + err.Error()) // a run that counts nothing would look well
	}
	defer f.Close()
	f.WriteString(string(octet))
}
