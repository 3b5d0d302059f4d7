package otel_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/otel"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// env is a session that tells what it does to a recorder.
type env struct {
	session *aiohttp.Session
	conns   *connector.Connector
	spans   *tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
	opts    otel.Options
	traces  trace.Tracer
}

func newEnv(t *testing.T, o otel.Options, handler http.HandlerFunc, first ...aiohttp.Middleware) *env {
	t.Helper()
	e := &env{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(e.spans))
	o.TracerProvider, o.Propagator = provider, propagation.TraceContext{}
	o.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(e.reader))
	e.opts, e.traces = o, provider.Tracer("test")
	e.conns = connector.New(connector.Options{Handler: handler})
	e.session = aiohttp.NewSession(aiohttp.Options{Connector: e.conns, Middleware: append(first, otel.New(o))})
	t.Cleanup(func() {
		e.session.Close()
		e.conns.Close()
	})
	return e
}

func (e *env) send(t *testing.T, req aiohttp.Request) error {
	t.Helper()
	resp, err := e.session.Do(t.Context(), req)
	if err == nil {
		_, err = resp.Bytes()
	}
	return err
}

// attributes gives a set as a map.
func attributes(list []attribute.KeyValue) map[string]any {
	all := map[string]any{}
	for _, a := range list {
		all[string(a.Key)] = a.Value.AsInterface()
	}
	return all
}

func diff(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestSpansFollowTheConventions(t *testing.T) {
	var parents []string
	e := newEnv(t, otel.Options{BodySize: true, Template: func(req *aiohttp.Request) string {
		if strings.Contains(req.URL, "/users/") {
			return "/users/{id}"
		}
		return ""
	}}, func(w http.ResponseWriter, r *http.Request) {
		parents = append(parents, r.Header.Get("Traceparent"))
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/users/7", http.StatusFound)
		case "/missing":
			http.NotFound(w, r)
		case "/cut":
			panic(http.ErrAbortHandler)
		}
	})
	for _, req := range []aiohttp.Request{
		{URL: "http://me:hush@a.test/redirect?sig=hush&x=1"},
		{Method: "POST", URL: "https://a.test:8443/missing", Text: "hello"},
		{Method: "FROB", URL: "http://a.test/cut?AWSAccessKeyId=hush#access_token=hush"},
	} {
		e.send(t, req)
	}
	for _, text := range []string{fmt.Sprint(e.spans.Ended())} {
		if strings.Contains(text, "hush") {
			t.Error("a secret is told")
		}
	}
	type span struct {
		Name   string
		Status sdktrace.Status
		Attrs  map[string]any
	}
	var got []span
	for i, s := range e.spans.Ended() {
		attrs := attributes(s.Attributes())
		if s.SpanKind() != trace.SpanKindClient {
			t.Errorf("%s is of kind %v", s.Name(), s.SpanKind())
		}
		delete(attrs, "network.peer.address") // a pipe's
		delete(attrs, "network.peer.port")
		status := s.Status()
		if status.Description != "" {
			status.Description = "why"
		}
		got = append(got, span{s.Name(), status, attrs})
		if want := fmt.Sprintf("00-%s-%s-01", s.SpanContext().TraceID(), s.SpanContext().SpanID()); parents[i] != want {
			t.Errorf("the server was told %q, want %q", parents[i], want)
		}
	}
	diff(t, got, []span{
		{"GET", sdktrace.Status{}, map[string]any{
			"http.request.method": "GET", "server.address": "a.test", "server.port": int64(80), "http.request.body.size": int64(0),
			"url.full": "http://REDACTED:REDACTED@a.test/redirect?sig=REDACTED&x=1", "http.response.status_code": int64(302), "network.protocol.version": "1.1"}},
		{"GET /users/{id}", sdktrace.Status{}, map[string]any{
			"http.request.method": "GET", "server.address": "a.test", "server.port": int64(80), "http.request.body.size": int64(0), "url.template": "/users/{id}",
			"url.full": "http://REDACTED:REDACTED@a.test/users/7", "http.response.status_code": int64(200), "network.protocol.version": "1.1", "http.request.resend_count": int64(1)}},
		{"POST", sdktrace.Status{Code: codes.Error}, map[string]any{
			"http.request.method": "POST", "server.address": "a.test", "server.port": int64(8443), "http.request.body.size": int64(5),
			"url.full": "https://a.test:8443/missing", "http.response.status_code": int64(404), "network.protocol.version": "1.1", "error.type": "404"}},
		{"HTTP", sdktrace.Status{Code: codes.Error, Description: "why"}, map[string]any{
			"http.request.method": "_OTHER", "http.request.method_original": "FROB", "server.address": "a.test", "server.port": int64(80), "http.request.body.size": int64(0),
			"url.full": "http://a.test/cut?AWSAccessKeyId=REDACTED#access_token=REDACTED", "error.type": "head"}},
	})
}

// "Each time an HTTP request is resent, the http.request.resend_count attribute
// SHOULD be added to each repeated span".
func TestSpansOfRepetitionsAreSiblings(t *testing.T) {
	again := func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			resp, err := next(ctx, req)
			if err == nil && resp.Status == 503 {
				resp.Close()
				resp, err = next(ctx, req)
			}
			return resp, err
		}
	}
	n := 0
	e := newEnv(t, otel.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}, again)
	ctx, parent := e.traces.Start(t.Context(), "parent")
	resp, err := e.session.Get(ctx, "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Close()
	parent.End()
	spans := e.spans.Ended()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	for i, s := range spans[:2] {
		if s.Parent().SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("span %d has the parent %v", i, s.Parent())
		}
		if count, _ := attributes(s.Attributes())["http.request.resend_count"].(int64); count != int64(i) {
			t.Errorf("span %d: resent %d times", i, count)
		}
	}
}

// metrics gives the points of each instrument.
func (e *env) metrics(t *testing.T) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := e.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

func TestMetricsFollowTheConventions(t *testing.T) {
	inside := make(chan map[string]any, 1)
	var e *env
	e = newEnv(t, otel.Options{BodySize: true, ActiveRequests: true, URLScheme: true}, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/one" {
			active := e.metrics(t)["http.client.active_requests"].Data.(metricdata.Sum[int64]).DataPoints[0]
			seen := attributes(active.Attributes.ToSlice())
			seen["value"] = active.Value
			inside <- seen
		}
		w.WriteHeader(http.StatusTeapot)
	})
	registration, err := otel.ObserveConnections(e.conns, e.opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range []aiohttp.Request{
		{Method: "POST", URL: "http://a.test/one", Text: "hello"},
		{Method: "POST", URL: "http://a.test/two", Body: io.NopCloser(strings.NewReader("unknown"))},
	} {
		if err := e.send(t, req); err != nil {
			t.Fatal(err)
		}
	}
	diff(t, <-inside, map[string]any{"server.address": "a.test", "server.port": int64(80), "http.request.method": "POST", "url.scheme": "http", "value": int64(1)})
	all := e.metrics(t)
	want := map[string]any{"http.request.method": "POST", "server.address": "a.test", "server.port": int64(80), "url.scheme": "http",
		"http.response.status_code": int64(418), "network.protocol.version": "1.1", "error.type": "418"}

	duration := all["http.client.request.duration"]
	point := duration.Data.(metricdata.Histogram[float64]).DataPoints[0]
	diff(t, attributes(point.Attributes.ToSlice()), want)
	// "This metric SHOULD be specified with ExplicitBucketBoundaries".
	diff(t, point.Bounds, []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10})
	if duration.Unit != "s" || point.Count != 2 {
		t.Errorf("%d times in %s", point.Count, duration.Unit)
	}
	size := all["http.client.request.body.size"]
	if p := size.Data.(metricdata.Histogram[int64]).DataPoints[0]; size.Unit != "By" || p.Count != 1 || p.Sum != 5 {
		t.Errorf("sizes %+v in %s", p, size.Unit)
	}
	if p := all["http.client.active_requests"].Data.(metricdata.Sum[int64]).DataPoints[0]; p.Value != 0 {
		t.Errorf("%d are active", p.Value)
	}
	open := map[string]int64{}
	for _, p := range all["http.client.open_connections"].Data.(metricdata.Sum[int64]).DataPoints {
		attrs := attributes(p.Attributes.ToSlice())
		open[attrs["http.connection.state"].(string)] = p.Value
		delete(attrs, "http.connection.state")
		diff(t, attrs, map[string]any{"server.address": "a.test", "server.port": int64(80), "url.scheme": "http"})
	}
	diff(t, open, map[string]int64{"idle": 1, "active": 0})
	if err := registration.Unregister(); err != nil {
		t.Error(err)
	}
}

func TestErrorTypesAreFew(t *testing.T) {
	e := newEnv(t, otel.Options{}, func(http.ResponseWriter, *http.Request) {})
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if _, err := e.session.Get(late, "http://a.test/"); err == nil {
		t.Fatal("no error")
	}
	refuse := func(aiohttp.Handler) aiohttp.Handler {
		return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) {
			return nil, &url.Error{Err: io.EOF}
		}
	}
	if _, err := e.session.Get(t.Context(), "http://a.test/", aiohttp.Request{Middleware: []aiohttp.Middleware{otel.New(e.opts), refuse}}); err == nil {
		t.Fatal("no error")
	}
	var got []any
	for _, s := range e.spans.Ended() {
		got = append(got, attributes(s.Attributes())["error.type"])
	}
	diff(t, got, []any{"timeout", "_OTHER"})
}
