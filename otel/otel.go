package otel

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// scope names the instrumentation.
const scope = "github.com/aiohttp-go/aiohttp/otel"

// Options configure [New]. The zero value is the default for every field.
type Options struct {
	// TracerProvider makes the tracer. Nil means the global one.
	TracerProvider trace.TracerProvider

	// MeterProvider makes the instruments. Nil means the global one.
	MeterProvider metric.MeterProvider

	// Propagator puts the span's context into the request's header. Nil means the
	// global one, which does nothing unless it was set.
	Propagator propagation.TextMapPropagator

	// KnownMethods are the methods that are told by their name; others are told as
	// "_OTHER", so that no server and no typing error makes a metric without end.
	// Nil means those of RFC 9110, PATCH and QUERY.
	KnownMethods []string

	// Template, when set, gives the path of a request with its variable parts
	// replaced, such as "/users/{id}", or "". There must be few of them.
	Template func(req *aiohttp.Request) string

	// BodySize adds http.request.body.size to the spans, and the metric
	// http.client.request.body.size, where the size is known before.
	BodySize bool

	// ActiveRequests adds the metric http.client.active_requests.
	ActiveRequests bool

	// URLScheme adds url.scheme to the metrics.
	URLScheme bool
}

// New makes middleware. It takes at most one Options and panics if given more.
// What is wrong with an instrument goes to OpenTelemetry's error handler.
func New(opts ...Options) aiohttp.Middleware {
	b := newBridge(resolve(options.One("otel: New", opts)))
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return b.handle(ctx, req, next)
		}
	}
}

func resolve(o Options) Options {
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	if o.MeterProvider == nil {
		o.MeterProvider = otel.GetMeterProvider()
	}
	if o.Propagator == nil {
		o.Propagator = otel.GetTextMapPropagator()
	}
	if o.KnownMethods == nil {
		o.KnownMethods = []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
	}
	return o
}

// bridge is the middleware's state.
type bridge struct {
	opts     Options
	known    map[string]bool
	tracer   trace.Tracer
	duration httpconv.ClientRequestDuration
	active   httpconv.ClientActiveRequests
	size     httpconv.ClientRequestBodySize
}

func newBridge(o Options) *bridge {
	b := &bridge{opts: o, known: map[string]bool{}, tracer: o.TracerProvider.Tracer(scope, trace.WithInstrumentationVersion(aiohttp.Version), trace.WithSchemaURL(semconv.SchemaURL))}
	for _, method := range o.KnownMethods {
		b.known[method] = true
	}
	m := meter(o)
	var err error
	if b.duration, err = httpconv.NewClientRequestDuration(m); err != nil {
		otel.Handle(err)
	}
	// "Instrumentations SHOULD emit the metric if and only if the user configures
	// the instrumentation to do so."
	// https://opentelemetry.io/docs/specs/semconv/general/metric-requirement-level/#opt-in
	if o.ActiveRequests {
		if b.active, err = httpconv.NewClientActiveRequests(m); err != nil {
			otel.Handle(err)
		}
	}
	if o.BodySize {
		if b.size, err = httpconv.NewClientRequestBodySize(m); err != nil {
			otel.Handle(err)
		}
	}
	return b
}

func meter(o Options) metric.Meter {
	return o.MeterProvider.Meter(scope, metric.WithInstrumentationVersion(aiohttp.Version), metric.WithSchemaURL(semconv.SchemaURL))
}

// handle sends one request.
//
// "When this metric is reported alongside an HTTP client span, the metric value
// SHOULD be the same as the HTTP client span duration."
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration
func (b *bridge) handle(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	c := b.describe(req)
	start := time.Now()
	ctx, span := b.tracer.Start(ctx, c.name, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(start), trace.WithAttributes(c.attributes()...))
	end := start
	defer func() { // also where what is within panics
		if end == start {
			end = time.Now()
		}
		span.End(trace.WithTimestamp(end))
	}()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	b.opts.Propagator.Inject(ctx, propagation.HeaderCarrier(req.Header))
	if b.opts.ActiveRequests {
		b.count(ctx, &c, 1)
		defer b.count(ctx, &c, -1)
	}
	resp, err := next(ctx, req)
	end = time.Now()
	took := end.Sub(start)
	ends := outcome(ctx, resp, err)
	span.SetAttributes(ends...)
	span.SetAttributes(peer(resp, err)...)
	switch {
	case resp != nil && resp.Status >= 400 || stated(err) != nil:
		span.SetStatus(codes.Error, "") // the status code says why
	case err != nil && !abandoned(ctx, err):
		span.SetStatus(codes.Error, err.Error())
	}
	ends = append(ends, c.labels...)
	method := httpconv.RequestMethodAttr(c.method)
	b.duration.Record(ctx, took.Seconds(), method, c.server, c.port, ends...)
	if b.opts.BodySize && c.size >= 0 {
		b.size.Record(ctx, c.size, method, c.server, c.port, ends...)
	}
	return resp, err
}

// count tells of a request that begins or ends.
func (b *bridge) count(ctx context.Context, c *call, n int64) {
	b.active.Add(ctx, n, c.server, c.port, append(c.labels[:len(c.labels):len(c.labels)], b.active.AttrRequestMethod(httpconv.RequestMethodAttr(c.method)))...)
}

// call is what the conventions want to know of a request.
type call struct {
	name, method, original, server, full, template string

	port    int
	resends int
	size    int64                // of the body; -1 when not known
	told    bool                 // in the span, too
	labels  []attribute.KeyValue // of all metrics, where they are asked for
}

func (b *bridge) describe(req *aiohttp.Request) call {
	c := call{method: req.Method, resends: req.Resends(), size: bodySize(req), told: b.opts.BodySize}
	c.name = c.method
	if !b.known[c.method] {
		c.name, c.method, c.original = "HTTP", "_OTHER", req.Method
	}
	if u, err := url.Parse(req.URL); err == nil {
		c.full = scrubbed(u)
		c.server, c.port = server(u, req.Header.Get("Host"))
		if b.opts.URLScheme {
			c.labels = append(c.labels, attribute.String("url.scheme", u.Scheme))
		}
	}
	if b.opts.Template != nil {
		if c.template = b.opts.Template(req); c.template != "" {
			c.name += " " + c.template
			c.labels = append(c.labels, semconv.URLTemplate(c.template))
		}
	}
	return c
}

// attributes gives those of the span's beginning, by which it may be sampled.
func (c *call) attributes() []attribute.KeyValue {
	all := append(make([]attribute.KeyValue, 0, 8), semconv.HTTPRequestMethodKey.String(c.method),
		semconv.ServerAddress(c.server), semconv.ServerPort(c.port), semconv.URLFull(c.full))
	if c.original != "" {
		all = append(all, semconv.HTTPRequestMethodOriginal(c.original))
	}
	if c.resends > 0 {
		all = append(all, semconv.HTTPRequestResendCount(c.resends))
	}
	if c.template != "" {
		all = append(all, semconv.URLTemplate(c.template))
	}
	if c.told && c.size >= 0 {
		all = append(all, semconv.HTTPRequestBodySize(int(c.size)))
	}
	return all
}

// bodySize gives the length of the body, -1 when it is not known.
func bodySize(req *aiohttp.Request) int64 {
	switch {
	case req.Body == nil:
		return int64(len(req.Bytes))
	case req.ContentLength > 0:
		return req.ContentLength
	}
	return -1
}

// version gives the protocol's version as the conventions write it: "1.1", "2".
func version(proto string) string {
	_, v, _ := strings.Cut(proto, "/")
	if v != "1.0" {
		v = strings.TrimSuffix(v, ".0")
	}
	return v
}
