package otel

import (
	"context"
	"net"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// ObserveConnections tells how many connections a connector has open, by host and
// state, as http.client.open_connections. Of the options it heeds MeterProvider and
// URLScheme. It goes on until what it gives is unregistered.
func ObserveConnections(c *connector.Connector, opts ...Options) (metric.Registration, error) {
	o := resolve(options.One("otel: ObserveConnections", opts))
	m := meter(o)
	open, err := httpconv.NewClientOpenConnectionsObservable(m)
	if err != nil {
		return nil, err
	}
	return m.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		for _, s := range c.HostStats() {
			host, text, err := net.SplitHostPort(s.Host)
			if err != nil {
				continue
			}
			port, _ := strconv.Atoi(text)
			about := []attribute.KeyValue{open.AttrServerAddress(host), open.AttrServerPort(port)}
			if o.URLScheme {
				scheme := "http"
				if s.TLS {
					scheme = "https"
				}
				about = append(about, attribute.String("url.scheme", scheme))
			}
			for state, n := range map[httpconv.ConnectionStateAttr]int{
				httpconv.ConnectionStateIdle: s.Idle, httpconv.ConnectionStateActive: s.Open - s.Idle,
			} {
				observer.ObserveInt64(open.Inst(), int64(n), metric.WithAttributes(append(about[:len(about):len(about)], open.AttrConnectionState(state))...))
			}
		}
		return nil
	}, open.Inst())
}
