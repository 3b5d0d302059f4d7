// Package otel tells OpenTelemetry what a session does, by its semantic
// conventions for HTTP clients: a span for each request on the wire, and metrics.
//
//	session := aiohttp.NewSession(aiohttp.Options{
//		Middleware: []aiohttp.Middleware{retry, otel.New()},
//	})
//
// It belongs at the end of the list, so that what the others send has spans of its
// own. The context of a request is the parent of its spans; the propagator tells
// the server.
//
// Spans are named by the method, or "{method} {template}" with Options.Template.
// They begin before a connection is asked for, and end when the head of the
// response has come: how long the body takes to be read is the program's affair.
// http.client.request.duration is the same time.
//
// A span has http.request.method, server.address and server.port (of the field
// Host where the request has one), url.full without its secrets,
// http.request.resend_count, http.response.status_code, network.protocol.version,
// network.peer.address and port, error.type, and where they are asked for
// url.template and http.request.body.size. Status is Error for 4xx and 5xx and for
// requests that fail; error.type is then the status, or "timeout", "canceled", or
// the phase that failed: "prepare", "pool", "dns", "connect", "proxy", "tls",
// "write", "head", or "_OTHER". A request whose own context was cancelled has not
// failed: it has neither.
//
// The metric is http.client.request.duration. What the conventions leave to the
// user is there when it is asked for: http.client.active_requests,
// http.client.request.body.size where the size is known before, url.scheme in
// metrics, and by [ObserveConnections] http.client.open_connections.
//
// The conventions, in version 1.43: https://opentelemetry.io/docs/specs/semconv/http/
package otel
