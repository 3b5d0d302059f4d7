// Package adapter makes a connector out of what a test has said to an
// http.Transport.
//
// Limitations: of a Transport's exported fields it passes on those for which a
// connector has an option. Proxy and what belongs to it, Dial, DialTLS and the
// sizes of buffers have none; MaxIdleConns and MaxIdleConnsPerHost have none
// either, because a connector bounds connections, idle or not.
package adapter

import (
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// LogVariable names the environment variable with the path of a file that gets
// one octet for each round trip, by which the runner sees which tests came here.
const LogVariable = "TEST_GOSTD_LOG"

// New gives a RoundTripper with the settings of tr. They are read at the first
// round trip, since some tests change them until then.
func New(tr *http.Transport) http.RoundTripper { return &roundTripper{transport: tr} }

type roundTripper struct {
	transport *http.Transport
	once      sync.Once
	connector *connector.Connector
	err       error
}

// RoundTrip implements http.RoundTripper.
func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	note()
	r.once.Do(r.settle)
	if r.err != nil {
		return nil, r.err
	}
	return r.connector.RoundTrip(req)
}

// CloseIdleConnections is what http.Client calls.
func (r *roundTripper) CloseIdleConnections() {
	r.once.Do(r.settle)
	if r.err == nil {
		r.connector.CloseIdleConnections()
	}
}

func (r *roundTripper) settle() {
	tr := r.transport
	opts := connector.Options{
		MaxConns:           -1, // a Transport has no limit of this kind
		MaxConnsPerHost:    tr.MaxConnsPerHost,
		IdleTimeout:        orNone(tr.IdleConnTimeout),
		DisableKeepAlives:  tr.DisableKeepAlives || tr.MaxIdleConnsPerHost < 0,
		DisableCompression: tr.DisableCompression,
		DialContext:        tr.DialContext,
		Timeouts: connector.Timeouts{
			Head: orNone(tr.ResponseHeaderTimeout),
			TLS:  orNone(tr.TLSHandshakeTimeout),
		},
		Limits: connector.Limits{HeadBytes: int(tr.MaxResponseHeaderBytes)},
	}
	if tr.TLSClientConfig != nil {
		opts.TLS, r.err = trust.New(trust.Options{Config: tr.TLSClientConfig})
	}
	if r.err == nil {
		r.connector = connector.New(opts)
	}
}

// orNone turns a Transport's "zero means no time-out" into ours.
func orNone(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// note tells the runner of one round trip.
func note() {
	path := os.Getenv(LogVariable)
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic("adapter: " + err.Error()) // a run that counts nothing would look well
	}
	defer f.Close()
	f.WriteString("x")
}
