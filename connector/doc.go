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
// body, opens a connection beside others of its host, or leaves the rest of a body.
//
// # The way of a request
//
// RoundTrip (roundtrip.go, roundtrip_request.go) renders the head; Do (do.go) asks
// the pool (pool.go) for a connection, or takes what comes first: one that it opens
// (opening.go, dial.go, dns.go, eyeballs.go, behind proxies proxy_dial.go) or another
// that comes free (pool_serve.go); the exchange (exchange.go) sends the request
// (send.go, expect.go, upload.go) and reads the answer's head (answer.go); the body is
// read from the Reply (reply.go, copy.go), which gives the connection back, if need
// be after the rest of the body (drain.go). Time-outs and cancellation work on the
// wire below (wire.go, deadline.go, watch.go, socket_unix.go).
//
// # Reuse
//
// A connection is looked at before it is used again: one that the server has
// closed, or on which something arrived that nobody asked for, is not used. A
// request that fails all the same on a connection which had served others is
// sent once more, if that is safe. A body that was closed, or whose context ended,
// costs its connection only where more than 256 KiB of it are left, or the rest takes
// longer than 50 ms.
//
// # Failures
//
// Every failure is an [*Error]: the phase, the peer, whether anything was sent,
// whether it is safe to try again. It unwraps to the std error below. A request
// is checked before a connection is asked for.
//
// # Limitations
//
//   - HTTP/1.0 and 1.1 only, no pipelining; one proxy on the way, no PAC files.
//   - Proxies are told user and password by Basic, Digest and RFC 1929 only.
//   - On systems without MSG_PEEK (Windows) a connection that died at rest is
//     found out by the request that uses it.
//   - [Connector.Close] cuts the exchanges that are under way. With TLS it announces
//     that to their servers, but not within a write, nor where that takes 20 ms.
package connector
