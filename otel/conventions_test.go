package otel_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/otel"
)

// conventions has a row for each attribute of each signal, as the conventions of
// version 1.43 list them, with their requirement level. A nil is for what must
// not be there; set is for what there is no saying beforehand.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-client
var conventions = []struct {
	signal, attribute, level, scene string
	want                            any
}{
	{"span", "http.request.method", "Required", "default", "POST"},
	{"span", "http.request.method", "Required", "query", "QUERY"},
	{"span", "http.request.method", "Required", "own-method", "_OTHER"},
	{"span", "server.address", "Required", "default", "a.test"},
	{"span", "server.address", "Required", "host", "b.test"},
	{"span", "server.address", "Required", "address", "::1"},
	{"span", "server.port", "Required", "default", 80},
	{"span", "server.port", "Required", "host", 81},
	{"span", "server.port", "Required", "address", 443},
	{"span", "url.full", "Required", "default", "http://a.test/p?q=1"},
	{"span", "url.full", "Required", "host", "http://a.test/"},
	{"span", "url.full", "Required", "secret", "https://REDACTED:REDACTED@a.test/?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED" +
		"&AWSAccessKeyId=REDACTED&Signature=REDACTED&sig=REDACTED&X-Goog-Signature=REDACTED&color=blue#top"},
	{"span", "error.type", "Conditionally Required", "default", nil},
	{"span", "error.type", "Conditionally Required", "redirect", nil},
	{"span", "error.type", "Conditionally Required", "missing", "404"},
	{"span", "error.type", "Conditionally Required", "unavailable", "503"},
	{"span", "error.type", "Conditionally Required", "raised", "429"},
	{"span", "error.type", "Conditionally Required", "cut", "head"},
	{"span", "error.type", "Conditionally Required", "timeout", "timeout"},
	{"span", "error.type", "Conditionally Required", "cancelled", nil},
	{"span", "error.type", "Conditionally Required", "cancelled-within", "canceled"},
	{"span", "http.request.method_original", "Conditionally Required", "default", nil},
	{"span", "http.request.method_original", "Conditionally Required", "own-method", "FROB"},
	{"span", "http.response.status_code", "Conditionally Required", "default", 200},
	{"span", "http.response.status_code", "Conditionally Required", "missing", 404},
	{"span", "http.response.status_code", "Conditionally Required", "raised", 429},
	{"span", "http.response.status_code", "Conditionally Required", "cut", nil},
	{"span", "network.protocol.name", "Conditionally Required", "default", nil}, // "If not http"
	{"span", "http.request.resend_count", "Recommended", "default", nil},
	{"span", "network.peer.address", "Recommended", "socket", "127.0.0.1"},
	{"span", "network.peer.port", "Recommended", "socket", set},
	{"span", "network.protocol.version", "Recommended", "default", "1.1"},
	{"span", "network.protocol.version", "Recommended", "cut", nil}, // "If the actual protocol version is not known"
	{"span", "http.request.body.size", "Opt-In", "default", nil},
	{"span", "http.request.body.size", "Opt-In", "all", 5},
	{"span", "http.request.header.content-type", "Opt-In", "all", nil},
	{"span", "http.response.header.content-length", "Opt-In", "all", nil},
	{"span", "http.request.size", "Opt-In", "all", nil},
	{"span", "http.response.size", "Opt-In", "all", nil},
	{"span", "http.response.body.size", "Opt-In", "all", nil},
	{"span", "network.transport", "Opt-In", "all", nil},
	{"span", "url.scheme", "Opt-In", "default", nil},
	{"span", "url.template", "Opt-In", "default", nil},
	{"span", "url.template", "Opt-In", "all", "/users/{id}"},
	{"span", "user_agent.original", "Opt-In", "all", nil},

	{"http.client.request.duration", "http.request.method", "Required", "default", "POST"},
	{"http.client.request.duration", "http.request.method", "Required", "own-method", "_OTHER"},
	{"http.client.request.duration", "server.address", "Required", "host", "b.test"},
	{"http.client.request.duration", "server.port", "Required", "default", 80},
	{"http.client.request.duration", "error.type", "Conditionally Required", "default", nil},
	{"http.client.request.duration", "error.type", "Conditionally Required", "missing", "404"},
	{"http.client.request.duration", "error.type", "Conditionally Required", "cut", "head"},
	{"http.client.request.duration", "error.type", "Conditionally Required", "cancelled", nil},
	{"http.client.request.duration", "http.response.status_code", "Conditionally Required", "default", 200},
	{"http.client.request.duration", "http.response.status_code", "Conditionally Required", "cut", nil},
	{"http.client.request.duration", "network.protocol.name", "Conditionally Required", "default", nil},
	{"http.client.request.duration", "network.protocol.version", "Recommended", "default", "1.1"},
	{"http.client.request.duration", "url.scheme", "Opt-In", "default", nil},
	{"http.client.request.duration", "url.scheme", "Opt-In", "all", "https"},
	{"http.client.request.duration", "url.template", "Opt-In", "all", "/users/{id}"},

	{"http.client.request.body.size", "http.request.method", "Required", "all", "POST"},
	{"http.client.request.body.size", "server.address", "Required", "all", "a.test"},
	{"http.client.request.body.size", "server.port", "Required", "all", 443},
	{"http.client.request.body.size", "http.response.status_code", "Conditionally Required", "all", 200},
	{"http.client.request.body.size", "url.template", "Conditionally Required", "all", "/users/{id}"},
	{"http.client.request.body.size", "network.protocol.version", "Recommended", "all", "1.1"},
	{"http.client.request.body.size", "url.scheme", "Opt-In", "all", "https"},

	{"http.client.active_requests", "server.address", "Required", "all", "a.test"},
	{"http.client.active_requests", "server.port", "Required", "all", 443},
	{"http.client.active_requests", "url.template", "Conditionally Required", "all", "/users/{id}"},
	{"http.client.active_requests", "http.request.method", "Recommended", "all", "POST"},
	{"http.client.active_requests", "url.scheme", "Opt-In", "all", "https"},

	{"http.client.open_connections", "http.connection.state", "Required", "all", set},
	{"http.client.open_connections", "server.address", "Required", "all", "a.test"},
	{"http.client.open_connections", "server.port", "Required", "all", 443},
	{"http.client.open_connections", "network.peer.address", "Opt-In", "all", nil},
	{"http.client.open_connections", "url.scheme", "Opt-In", "default", nil},
	{"http.client.open_connections", "url.scheme", "Opt-In", "all", "https"},
}

// set stands for any value.
var set = struct{ any }{}

func TestAttributesFollowTheConventions(t *testing.T) {
	all := map[string]seen{}
	for name, scene := range scenes {
		all[name] = scene(t)
	}
	for _, row := range conventions {
		told, ok := all[row.scene].of[row.signal]
		if !ok {
			t.Errorf("%s: there is no %s: %v", row.scene, row.signal, all[row.scene].err)
			continue
		}
		got := told[row.attribute]
		if n, ok := got.(int64); ok {
			got = int(n)
		}
		if row.want == set && got != nil {
			continue
		}
		if got != row.want {
			t.Errorf("%s of %s (%s) in %s: got %v, want %v", row.attribute, row.signal, row.level, row.scene, got, row.want)
		}
	}
}

// "Span Status MUST be left unset if HTTP status code was in the 1xx, 2xx or 3xx
// ranges ... For HTTP status codes in the 4xx range span status ... SHOULD be set
// to Error in case of SpanKind.CLIENT. ... Don't set the span status description
// if the reason can be inferred from http.response.status_code."
func TestNamesAndStatusFollowTheConventions(t *testing.T) {
	for scene, want := range map[string]struct {
		name      string
		status    codes.Code
		explained bool
	}{
		"default": {"POST", codes.Unset, false}, "all": {"POST /users/{id}", codes.Unset, false}, "own-method": {"HTTP", codes.Unset, false},
		"redirect": {"GET", codes.Unset, false}, "missing": {"GET", codes.Error, false}, "unavailable": {"GET", codes.Error, false},
		"raised": {"GET", codes.Error, false}, "cut": {"GET", codes.Error, true}, "timeout": {"GET", codes.Error, true},
		"cancelled": {"GET", codes.Unset, false}, "cancelled-within": {"GET", codes.Error, true},
	} {
		if got := scenes[scene](t); got.name != want.name || got.status != want.status || (got.why != "") != want.explained {
			t.Errorf("%s: %s is %v: %q, want %+v", scene, got.name, got.status, got.why, want)
		}
	}
}

// Metrics have the names and units of the conventions, and those that are left to
// the user are there only when they were asked for.
func TestMetricsAreThoseOfTheConventions(t *testing.T) {
	for _, test := range []struct {
		opts  otel.Options
		units map[string]string
	}{
		{otel.Options{}, map[string]string{"http.client.request.duration": "s"}},
		{everything, map[string]string{"http.client.request.duration": "s", "http.client.request.body.size": "By",
			"http.client.active_requests": "{request}"}},
	} {
		e := newEnv(t, test.opts, func(http.ResponseWriter, *http.Request) {})
		if err := e.send(t, aiohttp.Request{URL: "http://a.test/"}); err != nil {
			t.Fatal(err)
		}
		units := map[string]string{}
		for name, m := range e.metrics(t) {
			units[name] = m.Unit
		}
		diff(t, units, test.units)
	}
}

func TestSpanEndsWhereWhatIsWithinPanics(t *testing.T) {
	e := newEnv(t, otel.Options{ActiveRequests: true}, nil)
	broken := func(aiohttp.Handler) aiohttp.Handler {
		return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) { panic("broken") }
	}
	func() {
		defer func() { recover() }()
		e.session.Get(t.Context(), "http://a.test/", aiohttp.Request{Middleware: []aiohttp.Middleware{otel.New(e.opts), broken}})
	}()
	if ended := e.spans.Ended(); len(ended) != 1 || ended[0].EndTime().Before(ended[0].StartTime()) || time.Since(ended[0].EndTime()) > time.Hour {
		t.Errorf("%d spans have ended", len(ended))
	}
	if p := e.metrics(t)["http.client.active_requests"].Data.(metricdata.Sum[int64]).DataPoints[0]; p.Value != 0 {
		t.Errorf("%d requests are active", p.Value)
	}
}
