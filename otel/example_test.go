package otel_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/otel"
)

func Example() {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()

	spans := tracetest.NewSpanRecorder() // an exporter, in a program
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	session := aiohttp.NewSession(aiohttp.Options{
		Middleware: []aiohttp.Middleware{otel.New(otel.Options{TracerProvider: provider})},
	})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Close()
	span := spans.Ended()[0]
	fmt.Println(span.Name(), span.SpanKind(), span.Status().Code)
	// Output: GET client Error
}
