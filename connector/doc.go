// Package connector finds, opens, secures, pools and reuses client connections;
// it is an http.RoundTripper.
//
// It stands in for http.Transport without any other change:
//
//	client := &http.Client{Transport: connector.New()}
//
// and does its reading and writing in the goroutine of the caller: a
// connection at rest costs neither a goroutine nor a buffer, and a request
// hands nothing over from one goroutine to another, unless it sends a large
// body.
//
// # The way of a request
//
// RoundTrip (roundtrip.go) renders the head; Do (do.go) asks the pool (pool.go)
// for a connection or opens one (dial.go, dns.go, eyeballs.go); the exchange
// (exchange.go) sends the head and reads the answer's; the body is read from
// the Reply (reply.go, copy.go), which gives the connection back. Time-outs and
// cancellation work on the wire below (wire.go, socket_unix.go).
//
// # Failures
//
// Every failure is an [*Error]: the phase, the peer, whether anything was sent,
// whether it is safe to try again. It unwraps to the std error below.
//
// Limitations: HTTP/1.1 only; proxies are not used yet; on systems without
// MSG_PEEK (Windows) a connection that died at rest is found out by the request
// that uses it.
package connector
