// Package peer is every client that is measured, each in its fastest ordinary
// use: connections kept, nothing logged, the body read whole.
//
// Limitations: all of them believe any TLS server, since the measured server's
// certificate is self-signed; verification is part of a handshake, and the
// handshakes are outside of what is measured. github.com/imroc/req is not among
// the peers, since the module proxy refuses its versions.
package peer

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/origin"
)

// Target is what a client is to fetch.
type Target struct {
	Addr   string // "host:port"
	Secure bool
	Conns  int // exchanges under way at one time

	// Patience is how long a client waits for an answer, where that is bounded
	// by default; zero is the default.
	Patience time.Duration
}

// URL gives the URL to fetch.
func (t Target) URL() string {
	if t.Secure {
		return "https://" + t.Addr + "/item/1?page=2"
	}
	return "http://" + t.Addr + "/item/1?page=2"
}

// BelieveAll makes the TLS settings of the peers.
func BelieveAll() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
}

// Exchange sends one request and reads the whole answer.
type Exchange func() error

// Client is a peer ready to be measured.
type Client struct {
	// Worker gives an Exchange for one goroutine.
	Worker func() (Exchange, error)

	// Close closes the connections.
	Close func()
}

// shared is for clients that are safe for concurrent use.
func shared(exchange Exchange, closing func()) Client {
	return Client{Worker: func() (Exchange, error) { return exchange, nil }, Close: closing}
}

// Peer is one client, or one way to use it.
type Peer struct {
	Name string // as on the command line
	What string // in words, for the table
	Open func(Target) (Client, error)
}

// The names of those that ratios are taken against.
const (
	Raw      = "raw"
	FastHTTP = "fasthttp"
	NetHTTP  = "net/http"
)

// The names of ours that are looked into.
const (
	Session   = "session"
	RoundTrip = "roundtrip"
)

// All lists the peers in the order of the tables.
func All() []Peer {
	return []Peer{
		{Raw, "a goroutine a connection, net.Conn Write and Read, no HTTP", openRaw},
		{Session, "aiohttp.Session.Get", openSession},
		{"session-ctx", "aiohttp.Session.Get, cancellable ctx", openSessionCancellable},
		{"session-std", "aiohttp.Session.Get, then Response.HTTP", openSessionStd},
		{RoundTrip, "connector.RoundTrip", openRoundTrip},
		{"client", "http.Client over connector", openClient},
		{FastHTTP, "fasthttp.Client", openFastHTTP},
		{"hertz", "hertz client, standard dialer", openHertz},
		{"nethttp-rt", "http.Transport.RoundTrip, tuned", openTransport},
		{NetHTTP, "http.Client over http.Transport, tuned", openNetHTTP},
		{"resty", "resty v3 over the same Transport", openResty},
	}
}

// Select gives the peers named in a list with commas, or all if it is empty.
func Select(list string) ([]Peer, error) {
	if list == "" {
		return All(), nil
	}
	var chosen []Peer
	for name := range strings.SplitSeq(list, ",") {
		p, ok := find(name)
		if !ok {
			return nil, fmt.Errorf("unknown peer %q", name)
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

func find(name string) (Peer, bool) {
	for _, p := range All() {
		if p.Name == name {
			return p, true
		}
	}
	return Peer{}, false
}

// check holds an answer against what the origin sends.
func check(status, length int) error {
	if status != http.StatusOK || length != origin.BodyBytes {
		return fmt.Errorf("got status %d and %d bytes", status, length)
	}
	return nil
}

// finish reads and closes the body of an answer of net/http's kind.
func finish(resp *http.Response) error {
	n, err := io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if err != nil {
		return err
	}
	return check(resp.StatusCode, int(n))
}
