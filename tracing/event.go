package tracing

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"time"
)

// Event is what a [Tracer] can be told: one of the types below.
type Event interface {
	tell(t *Trace, c *Call)
}

// Moment is what all events have.
type Moment struct {
	// Time is when it happened.
	Time time.Time
	// Exchange is the number of the exchange within its call, from 1 on; 0 for
	// what belongs to the call as a whole.
	Exchange int
}

// RequestStart: a call begins.
type RequestStart struct {
	Moment
	Method string
	URL    string      // as it was given: it may be relative
	Header http.Header // as it was given, without the session's; may be nil
}

// RequestRedirect: a redirect is about to be followed.
type RequestRedirect struct {
	Moment            // whose Exchange is the one that was redirected
	Method     string // of the request that was redirected
	URL        string // likewise
	Status     int
	Header     http.Header // of the response
	NextMethod string
	NextURL    string
}

// RequestEnd: a call returns a response.
type RequestEnd struct {
	Moment
	Method string // of the last exchange
	URL    string // likewise
	Status int
	Header http.Header // of the response
}

// RequestException: a call returns an error.
type RequestException struct {
	Moment
	Method string // as it was given
	URL    string // as it was given
	Err    error  // which may be kept
}

// ExchangeStart: an exchange begins.
type ExchangeStart struct {
	Moment
	Method string
	URL    string // absolute
}

// ExchangeEnd: an exchange is over.
type ExchangeEnd struct {
	Moment
	// Err is why it has failed; nil when the body was read to its end, or closed
	// before. It may be kept.
	Err error
	// Complete tells that the body was read to its end.
	Complete bool
	// BodyBytes is how much of the response's body was given to who reads it.
	BodyBytes int64
	// WireBytes is how much of it came over the connection, before decompression.
	WireBytes int64
	// Decoded tells that the body was decompressed; else it was given, and told of,
	// in the codings of its Content-Encoding, as middleware of net/http's gets it.
	Decoded bool
	Timings Timings
}

// RequestHeadersSent: the head was written.
type RequestHeadersSent struct {
	Moment
	Method  string
	Target  string      // as it stands in the request line
	Header  http.Header // all that was sent, Host included; may be kept
	Bytes   int         // of the head, the blank line included
	HasBody bool
}

// RequestChunkSent: a piece of the request's body was written.
type RequestChunkSent struct {
	Moment
	Data []byte
}

// RequestSent: the whole request was written, or Err tells why not.
type RequestSent struct {
	Moment
	Err error
}

// ContinueWait: the body waits for the server's leave.
type ContinueWait struct{ Moment }

// InterimResponse: a 1xx response has come.
type InterimResponse struct {
	Moment
	Status int
	Header http.Header // may be kept
}

// ResponseStart: the first octet of an answer has come, of a 1xx response too.
type ResponseStart struct{ Moment }

// ResponseHead: the head of the answer has come.
type ResponseHead struct {
	Moment
	Status int
	Reason string
	Proto  string      // "HTTP/1.1" or "HTTP/1.0"
	Header http.Header // may be kept
	Length int64       // of the body as it is sent, in bytes; -1 when not known
	Bytes  int         // of the head, the blank line included
}

// ResponseChunkReceived: a piece of the response's body is given to its reader.
type ResponseChunkReceived struct {
	Moment
	Data []byte
}

// ConnectionQueuedStart: the limits of the pool are reached, or another connection is
// being opened that its request has left; the request waits.
type ConnectionQueuedStart struct {
	Moment
	Host string // "name:port"
}

// ConnectionQueuedEnd: the wait is over, Err tells whether in vain.
type ConnectionQueuedEnd struct {
	Moment
	Host string
	Err  error
}

// ConnectionCreateStart: a connection is about to be opened.
type ConnectionCreateStart struct {
	Moment
	Host string
}

// ConnectionCreateEnd: it is open, or could not be opened, or another one has come
// free before: that is an Err too, and a ConnectionReuse follows.
type ConnectionCreateEnd struct {
	Moment
	Host string
	ID   uint64 // of the connection; 0 with an error
	Addr string // the peer's
	Err  error
}

// ConnectionReuse: a connection that rested is used.
type ConnectionReuse struct {
	Moment
	Host string
	ID   uint64
	Addr string
	Idle time.Duration // how long it had rested
}

// ConnectionRelease: the exchange lets go of its connection.
type ConnectionRelease struct {
	Moment
	Host   string
	ID     uint64
	Reused bool // it may be used again, after the rest of its body where one is being read; else it is closed
}

// DNSCacheHit: the addresses of a name are known.
type DNSCacheHit struct {
	Moment
	Name string
}

// DNSCacheMiss: they are not.
type DNSCacheMiss struct {
	Moment
	Name string
}

// DNSResolveStart: a name is asked for.
type DNSResolveStart struct {
	Moment
	Name string
}

// DNSResolveEnd: the resolver has answered.
type DNSResolveEnd struct {
	Moment
	Name  string
	Addrs []netip.Addr
	Err   error
}

// ConnectStart: one address is tried.
type ConnectStart struct {
	Moment
	Addr netip.AddrPort
}

// ConnectEnd: it has answered, or not.
type ConnectEnd struct {
	Moment
	Addr netip.AddrPort
	Err  error
}

// TLSStart: the handshake begins.
type TLSStart struct {
	Moment
	Host string
}

// TLSEnd: it is over. State is zero with an error; it may be kept, not changed.
type TLSEnd struct {
	Moment
	Host  string
	State tls.ConnectionState
	Err   error
}
