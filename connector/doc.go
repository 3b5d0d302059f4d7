// Package connector finds, opens, secures, pools and reuses client connections,
// and sends HTTP/1.1 requests on them.
//
//	client := &http.Client{Transport: connector.New()}
//
// A [Connector] is an [http.RoundTripper]; [Connector.Do] is the leaner way in
// that a session uses. The request is written and its answer read by the
// caller's own goroutine; only a body that does not fit into one write is sent
// by another one. A connection at rest costs neither a goroutine nor a buffer.
//
// Each phase of a request has a time-out ([Timeouts]), and every failure is an
// [*Error] that names the phase, the peer, and whether the request was sent and
// can be sent again. What a server may send is bounded by [Limits]. A request
// is checked before a connection is asked for.
//
// A connection is looked at before it is used again: one that the server has
// closed, or on which something arrived that nobody asked for, is not used. A
// request that fails all the same on a connection which had served others is
// sent once more, if that is safe.
//
// Limitations:
//   - HTTP/1.0 and HTTP/1.1 only, no pipelining, no proxies.
//   - On systems other than Unix a connection that died at rest is found out by
//     the request that uses it.
//   - With TLS, the end of a connection is not announced to the server.
//   - The trace hook PutIdleConn of net/http/httptrace is never called, since
//     that would be after RoundTrip has returned.
package connector
