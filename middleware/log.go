package middleware

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// LogOptions configure [Log].
type LogOptions struct {
	// Logger gets the records. Nil means slog.Default(), as it is when a request
	// is sent.
	Logger *slog.Logger

	// Level, if set, gives a record its level. resp is nil when there is an
	// error. It must not read or close resp. By default it is Info for a status
	// below 400 and for a request that its caller has cancelled, Warn for one
	// below 500, and Error for the rest; and at least Warn where TLS is not
	// verified.
	Level func(resp *aiohttp.Response, err error) slog.Level

	// RequestFields and ResponseFields name header fields that stand in the
	// record. The values of those that bear credentials, cookies among them, are
	// masked, unless RevealCredentials is set.
	RequestFields, ResponseFields []string

	// RevealCredentials writes credentials to the log. DANGER: whoever reads the
	// log can use them.
	RevealCredentials bool
}

// Log writes a record for each exchange, when the head of its response was read
// or it has failed: "method", "url" (secrets masked), "status", "duration",
// "bytes" of the body, if they are known beforehand, "attempt", above 1 within
// [Retry], and "error". Bodies are never written.
//
// A request for which the verification of TLS certificates is switched off has
// "tls_verification" with the value "off".
func Log(opts ...LogOptions) aiohttp.Middleware {
	o := options.One("middleware: Log", opts)
	if o.Level == nil {
		o.Level = levelOf
	}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			// next may change the request.
			attrs := append(make([]slog.Attr, 0, 12), slog.String("method", req.Method), slog.String("url", aiohttp.MaskURL(req.URL)))
			attrs = o.fields(attrs, "request", req.Header, o.RequestFields)
			unverified := unverified(req)
			start := time.Now()
			resp, err := next(ctx, req)
			o.write(ctx, attrs, time.Since(start), unverified, resp, err)
			return resp, err
		}
	}
}

// unverified reports whether the peer of a request is believed whoever it is.
func unverified(req *aiohttp.Request) bool {
	const secure = "https:"
	return req.TLS != nil && len(req.URL) > len(secure) && strings.EqualFold(req.URL[:len(secure)], secure) && req.TLS.Insecure()
}

// levelOf is the level of a record by default.
func levelOf(resp *aiohttp.Response, err error) slog.Level {
	switch status, _ := verdict(resp, err); {
	case status == 0 && errors.Is(err, context.Canceled):
		return slog.LevelInfo
	case status == 0 || status >= 500:
		return slog.LevelError
	case status >= 400:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// write writes the record of an exchange.
func (o *LogOptions) write(ctx context.Context, attrs []slog.Attr, took time.Duration, unverified bool, resp *aiohttp.Response, err error) {
	logger, level := o.Logger, o.Level(resp, err)
	if logger == nil {
		logger = slog.Default()
	}
	if unverified {
		level = max(level, slog.LevelWarn)
	}
	if !logger.Enabled(ctx, level) {
		return
	}
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.Status))
	}
	attrs = append(attrs, slog.Duration("duration", took))
	if resp != nil && resp.ContentLength >= 0 {
		attrs = append(attrs, slog.Int64("bytes", resp.ContentLength))
	}
	if n := Attempt(ctx); n > 1 {
		attrs = append(attrs, slog.Int("attempt", n))
	}
	if unverified {
		attrs = append(attrs, slog.String("tls_verification", "off"))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if resp != nil && len(o.ResponseFields) > 0 {
		attrs = o.fields(attrs, "response", resp.Headers(), o.ResponseFields)
	}
	logger.LogAttrs(ctx, level, "http request", attrs...)
}

// fields adds a group with the named fields that are there.
func (o *LogOptions) fields(attrs []slog.Attr, group string, header http.Header, names []string) []slog.Attr {
	var there []any
	for _, name := range names {
		for _, value := range header.Values(name) {
			if !o.RevealCredentials && bearsCredentials(name) {
				value = "xxxxx"
			}
			there = append(there, slog.String(strings.ToLower(name), value))
		}
	}
	if there == nil {
		return attrs
	}
	return append(attrs, slog.Group(group, there...))
}

// bearsCredentials reports whether a field is likely to hold what gives access.
func bearsCredentials(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"auth", "cookie", "token", "key", "secret", "signature", "credential", "password", "session"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
