package har

import (
	"maps"
	"slices"

	"github.com/aiohttp-go/aiohttp/tracing"
)

// Trace gives what is to be told of requests: for Options.Trace of a session, or
// Request.Trace.
func (r *Recorder) Trace() *tracing.Trace {
	t := &tracing.Trace{
		OnExchangeStart: func(c *tracing.Call, e tracing.ExchangeStart) {
			under, ok := c.Value.(map[int]*exchange)
			if !ok {
				under = map[int]*exchange{}
				c.Value = under
			}
			under[e.Exchange] = &exchange{opts: &r.opts, start: e}
		},
		OnRequestHeadersSent: func(c *tracing.Call, e tracing.RequestHeadersSent) {
			if x := of(c, e.Moment); x != nil {
				x.sent, x.up = &e, capture{} // it may be the second attempt
			}
		},
		OnResponseHead: func(c *tracing.Call, e tracing.ResponseHead) {
			if x := of(c, e.Moment); x != nil {
				x.head = &e
			}
		},
		OnExchangeEnd: func(c *tracing.Call, e tracing.ExchangeEnd) {
			if x := of(c, e.Moment); x != nil {
				delete(c.Value.(map[int]*exchange), e.Exchange)
				r.write(x.entry(&e))
			}
		},
		OnRequestException: func(c *tracing.Call, e tracing.RequestException) {
			// What a cache or a hedge has let go of is not told of any more.
			under, _ := c.Value.(map[int]*exchange)
			for _, number := range slices.Sorted(maps.Keys(under)) {
				x := under[number]
				r.write(x.entry(&tracing.ExchangeEnd{Moment: e.Moment, Err: e.Err, BodyBytes: x.down.size, WireBytes: x.down.size}))
			}
			clear(under)
		},
	}
	connections(t)
	if r.opts.MaxBodyBytes != 0 {
		t.OnRequestChunkSent = func(c *tracing.Call, e tracing.RequestChunkSent) {
			if x := of(c, e.Moment); x != nil {
				x.up.add(e.Data, r.opts.MaxBodyBytes)
			}
		}
		t.OnResponseChunkReceived = func(c *tracing.Call, e tracing.ResponseChunkReceived) {
			if x := of(c, e.Moment); x != nil {
				x.down.add(e.Data, r.opts.MaxBodyBytes)
			}
		}
	}
	return t
}

// connections adds what is to be told of connections.
func connections(t *tracing.Trace) {
	t.OnConnectionCreateStart = func(c *tracing.Call, e tracing.ConnectionCreateStart) {
		if x := of(c, e.Moment); x != nil {
			x.marks = marks{create: e.Time} // it may be the second attempt
		}
	}
	t.OnDNSResolveStart = func(c *tracing.Call, e tracing.DNSResolveStart) {
		if x := of(c, e.Moment); x != nil {
			x.marks.dns = e.Time
		}
	}
	t.OnDNSResolveEnd = func(c *tracing.Call, e tracing.DNSResolveEnd) {
		if x := of(c, e.Moment); x != nil {
			x.marks.resolved = e.Time
		}
	}
	t.OnConnectStart = func(c *tracing.Call, e tracing.ConnectStart) {
		if x := of(c, e.Moment); x != nil {
			if x.addr = e.Addr.String(); x.marks.connect.IsZero() {
				x.marks.connect = e.Time
			}
		}
	}
	t.OnTLSStart = func(c *tracing.Call, e tracing.TLSStart) {
		if x := of(c, e.Moment); x != nil {
			x.marks.secure = e.Time
		}
	}
	t.OnConnectionCreateEnd = func(c *tracing.Call, e tracing.ConnectionCreateEnd) {
		if x := of(c, e.Moment); x != nil {
			x.connected(e.ID, e.Addr, e.Time)
		}
	}
	t.OnConnectionReuse = func(c *tracing.Call, e tracing.ConnectionReuse) {
		if x := of(c, e.Moment); x != nil {
			x.marks = marks{}
			x.connected(e.ID, e.Addr, e.Time)
		}
	}
}

// of gives the exchange of an event, or nil.
func of(c *tracing.Call, m tracing.Moment) *exchange {
	under, _ := c.Value.(map[int]*exchange)
	return under[m.Exchange]
}
