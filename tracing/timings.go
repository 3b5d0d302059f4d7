package tracing

import "time"

// Timings tell where the time of one exchange went. A phase that did not
// happen (a reused connection has no DNS) is zero.
type Timings struct {
	Start   time.Time     // when the exchange began
	Pool    time.Duration // waiting for a free connection
	DNS     time.Duration // resolving the name
	Connect time.Duration // opening the TCP connection; to a proxy: and its opening the next
	TLS     time.Duration // the TLS handshake with the origin
	Send    time.Duration // sending head and body
	Wait    time.Duration // from the end of sending to the first byte of the answer's final head
	Receive time.Duration // from there to the end of the body; zero until it is read to its end
	Reused  bool          // the connection had served an earlier request
	Addr    string        // the peer's address, which is the proxy's where there is one
	Proxy   string        // the proxy's URL, without user and password; empty when there was none
}

// Total is the sum of all the phases.
func (t Timings) Total() time.Duration {
	return t.Pool + t.DNS + t.Connect + t.TLS + t.Send + t.Wait + t.Receive
}
