package otel

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// outcome gives the attributes of how a request ended, for spans and metrics.
func outcome(ctx context.Context, resp *aiohttp.Response, err error) []attribute.KeyValue {
	all := make([]attribute.KeyValue, 0, 5)
	status := 0
	switch {
	case resp != nil:
		status = resp.Status
		all = append(all, semconv.NetworkProtocolVersion(version(resp.Proto())))
	case abandoned(ctx, err):
		return nil
	default:
		if e := stated(err); e != nil {
			status = e.Status
		} else {
			return append(all, semconv.ErrorTypeKey.String(errorType(err)))
		}
	}
	all = append(all, semconv.HTTPResponseStatusCode(status))
	if status >= 400 {
		all = append(all, semconv.ErrorTypeKey.String(strconv.Itoa(status)))
	}
	return all
}

// abandoned reports whether the request failed because its caller wanted it no
// longer.
//
// "If the HTTP client instrumentation can detect that the request was cancelled
// intentionally by the caller (e.g., via context cancellation or an abort signal),
// the cancellation SHOULD NOT be treated as an error: the span status SHOULD be
// left unset and error.type SHOULD NOT be set."
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
func abandoned(ctx context.Context, err error) bool {
	return errors.Is(err, context.Canceled) && ctx.Err() == context.Canceled
}

// stated gives the error that middleware has made of a response, or nil.
func stated(err error) *aiohttp.StatusError {
	var e *aiohttp.StatusError
	errors.As(err, &e)
	return e
}

// errorType gives a word of a short list: see the package comment.
func errorType(err error) string {
	var timeout interface{ Timeout() bool }
	var e *aiohttp.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &e):
		return e.Phase.String()
	}
	return "_OTHER"
}

// peer gives the attributes of the connection's other end, where it is known.
func peer(resp *aiohttp.Response, err error) []attribute.KeyValue {
	var addr string
	var e *aiohttp.Error
	switch {
	case resp != nil:
		addr = resp.RemoteAddr()
	case errors.As(err, &e):
		addr = e.Addr
	}
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		if addr == "" {
			return nil
		}
		return []attribute.KeyValue{semconv.NetworkPeerAddress(addr)} // a Unix socket
	}
	all := []attribute.KeyValue{semconv.NetworkPeerAddress(host)}
	if n, err := strconv.Atoi(text); err == nil {
		all = append(all, semconv.NetworkPeerPort(n))
	}
	return all
}

// server gives what the server is known by.
//
// "In all other cases, server.address SHOULD match the host component of the Host
// header in HTTP/1.1".
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
func server(u *url.URL, host string) (string, int) {
	if host != "" {
		u = &url.URL{Scheme: u.Scheme, Host: host}
	}
	if n, err := strconv.Atoi(u.Port()); err == nil {
		return u.Hostname(), n
	}
	if u.Scheme == "https" {
		return u.Hostname(), 443
	}
	return u.Hostname(), 80
}

// redacted stands for what must not be told.
const redacted = "REDACTED"

// scrubbed gives a URL without its secrets.
//
// "url.full MUST NOT contain credentials passed via URL ... username and password
// SHOULD be redacted and attribute's value SHOULD be
// https://REDACTED:REDACTED@www.example.com/." And: "When a query string value is
// redacted, the query string key SHOULD still be preserved".
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
func scrubbed(u *url.URL) string {
	c := *u
	if c.User != nil {
		c.User = url.UserPassword(redacted, redacted)
	}
	c.RawQuery = redact(c.RawQuery)
	if fragment := c.EscapedFragment(); strings.Contains(fragment, "=") {
		c.Fragment, c.RawFragment = "", ""
		return c.String() + "#" + redact(fragment)
	}
	return c.String()
}

// redact masks the parameters that bear credentials.
func redact(list string) string {
	given, masked := strings.Split(list, "&"), strings.Split(secret.Query(list), "&")
	for i := range masked {
		name, _, _ := strings.Cut(given[i], "=")
		if masked[i] != given[i] || strings.EqualFold(name, "AWSAccessKeyId") {
			masked[i] = name + "=" + redacted
		}
	}
	return strings.Join(masked, "&")
}
