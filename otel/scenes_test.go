package otel_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/otel"
)

// seen is what was told of one request: the attributes of its span and of each
// metric, by their names.
type seen struct {
	name   string
	status codes.Code
	why    string
	of     map[string]map[string]any
	err    error
}

// everything asks for all that the conventions leave to the user.
var everything = otel.Options{BodySize: true, ActiveRequests: true, URLScheme: true, Template: func(*aiohttp.Request) string { return "/users/{id}" }}

// scenes are the requests that the table below looks at.
var scenes = map[string]func(*testing.T) seen{
	"default": func(t *testing.T) seen {
		return observe(t, otel.Options{}, aiohttp.Request{Method: "POST", URL: "http://a.test/p?q=1", Text: "hello"})
	},
	"all": func(t *testing.T) seen {
		return observe(t, everything, aiohttp.Request{Method: "POST", URL: "https://a.test/p", Text: "hello"})
	},
	"missing":     func(t *testing.T) seen { return observe(t, otel.Options{}, aiohttp.Request{URL: "http://a.test/404"}) },
	"unavailable": func(t *testing.T) seen { return observe(t, otel.Options{}, aiohttp.Request{URL: "http://a.test/503"}) },
	"redirect":    func(t *testing.T) seen { return observe(t, otel.Options{}, aiohttp.Request{URL: "http://a.test/302"}) },
	"own-method": func(t *testing.T) seen {
		return observe(t, otel.Options{}, aiohttp.Request{Method: "FROB", URL: "http://a.test/"})
	},
	"query": func(t *testing.T) seen {
		return observe(t, otel.Options{}, aiohttp.Request{Method: "QUERY", URL: "http://a.test/"})
	},
	"host": func(t *testing.T) seen {
		return observe(t, otel.Options{}, aiohttp.Request{URL: "http://a.test/", Header: http.Header{"Host": {"b.test:81"}}})
	},
	"address": func(t *testing.T) seen { return observe(t, otel.Options{}, aiohttp.Request{URL: "https://[::1]/"}) },
	"secret": func(t *testing.T) seen {
		return observe(t, otel.Options{}, aiohttp.Request{URL: "https://me:hush@a.test/?X-Amz-Signature=hush&X-Amz-Credential=hush&X-Amz-Security-Token=hush" +
			"&AWSAccessKeyId=hush&Signature=hush&sig=hush&X-Goog-Signature=hush&color=blue#top"})
	},
	"cut": func(t *testing.T) seen { return observe(t, otel.Options{}, aiohttp.Request{URL: "http://a.test/cut"}) },
	"cancelled": func(t *testing.T) seen {
		ctx, cancel := context.WithCancel(t.Context())
		return observeBy(ctx, t, otel.Options{}, aiohttp.Request{URL: "http://a.test/"}, func(aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, _ *aiohttp.Request) (*aiohttp.Response, error) {
				cancel()
				return nil, fmt.Errorf("wait: %w", ctx.Err())
			}
		})
	},
	"cancelled-within": func(t *testing.T) seen { // by what no caller knows of
		return observeBy(t.Context(), t, otel.Options{}, aiohttp.Request{URL: "http://a.test/"}, func(next aiohttp.Handler) aiohttp.Handler {
			return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) { return nil, context.Canceled }
		})
	},
	"timeout": func(t *testing.T) seen {
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		return observeBy(ctx, t, otel.Options{}, aiohttp.Request{URL: "http://a.test/"})
	},
	"socket": func(t *testing.T) seen {
		srv := httptest.NewServer(http.NotFoundHandler())
		defer srv.Close()
		e := newEnv(t, otel.Options{}, nil)
		session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{otel.New(e.opts)}})
		defer session.Close()
		if resp, err := session.Get(t.Context(), srv.URL); err == nil {
			resp.Close()
		}
		return seen{of: map[string]map[string]any{"span": attributes(e.spans.Ended()[0].Attributes())}}
	},
	"raised": func(t *testing.T) seen { // by middleware closer to the wire
		return observeBy(t.Context(), t, otel.Options{}, aiohttp.Request{URL: "http://a.test/"}, func(aiohttp.Handler) aiohttp.Handler {
			return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) {
				return nil, &aiohttp.StatusError{Status: 429}
			}
		})
	},
}

func observe(t *testing.T, o otel.Options, req aiohttp.Request) seen {
	t.Helper()
	return observeBy(t.Context(), t, o, req)
}

// observeBy sends a request through the bridge and further middleware, and gives
// what was told of it.
func observeBy(ctx context.Context, t *testing.T, o otel.Options, req aiohttp.Request, further ...aiohttp.Middleware) seen {
	t.Helper()
	e := newEnv(t, o, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		var status int
		switch _, err := fmt.Sscanf(r.URL.Path, "/%d", &status); {
		case r.URL.Path == "/cut":
			panic(http.ErrAbortHandler)
		case err == nil:
			w.WriteHeader(status)
		}
	})
	req.Middleware = append([]aiohttp.Middleware{otel.New(e.opts)}, further...)
	observed, err := otel.ObserveConnections(e.conns, e.opts)
	if err != nil {
		t.Fatal(err)
	}
	defer observed.Unregister()
	got := seen{of: map[string]map[string]any{}}
	resp, err := e.session.Do(ctx, req)
	if got.err = err; err == nil {
		resp.Bytes()
	}
	span := e.spans.Ended()[0]
	got.name, got.status, got.why = span.Name(), span.Status().Code, span.Status().Description
	got.of["span"] = attributes(span.Attributes())
	if span.SpanKind() != trace.SpanKindClient || span.InstrumentationScope().SchemaURL != "https://opentelemetry.io/schemas/1.43.0" {
		t.Errorf("a span of kind %v in %+v", span.SpanKind(), span.InstrumentationScope())
	}
	for name, m := range e.metrics(t) {
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			got.of[name] = attributes(data.DataPoints[0].Attributes.ToSlice())
			if took := span.EndTime().Sub(span.StartTime()).Seconds(); name == "http.client.request.duration" && data.DataPoints[0].Sum != took {
				t.Errorf("the span took %v, the metric says %v", took, data.DataPoints[0].Sum)
			}
		case metricdata.Histogram[int64]:
			got.of[name] = attributes(data.DataPoints[0].Attributes.ToSlice())
		case metricdata.Sum[int64]:
			got.of[name] = attributes(data.DataPoints[0].Attributes.ToSlice())
		}
	}
	return got
}
