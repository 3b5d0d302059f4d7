package otel

import (
	"context"
	"net"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"

	"github.com/aiohttp-go/aiohttp/connector"
)

// ObserveConnections tells how many connections a connector has open, by host and
// state, as http.client.open_connections. Of the options it needs the
// MeterProvider. It goes on until what it gives is unregistered.
func ObserveConnections(c *connector.Connector, opts ...Options) (metric.Registration, error) {
	m := meter(options(opts))
	open, err := httpconv.NewClientOpenConnectionsObservable(m)
	if err != nil {
		return nil, err
	}
	return m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, s := range c.HostStats() {
			host, text, err := net.SplitHostPort(s.Host)
			if err != nil {
				continue
			}
			port, _ := strconv.Atoi(text)
			scheme := "http"
			if s.TLS {
				scheme = "https"
			}
			for state, n := range map[httpconv.ConnectionStateAttr]int{
				httpconv.ConnectionStateIdle: s.Idle, httpconv.ConnectionStateActive: s.Open - s.Idle,
			} {
				o.ObserveInt64(open.Inst(), int64(n), metric.WithAttributes(open.AttrConnectionState(state),
					open.AttrServerAddress(host), open.AttrServerPort(port), attribute.String("url.scheme", scheme)))
			}
		}
		return nil
	}, open.Inst())
}
