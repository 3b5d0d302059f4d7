package har

import (
	"net/netip"
	"net/url"
	"time"

	"github.com/aiohttp-go/aiohttp/tracing"
)

// marks are the moments of an exchange, for one that ends without an answer.
// Those that have not come are zero.
type marks struct {
	create, dns, resolved, connect, secure, connected time.Time
}

// timings: "ssl ... If this field is defined then the time is also included in
// the connect field (to ensure backward compatibility with HAR 1.1). Use -1 if the
// timing does not apply to the current request."
func (x *exchange) timings(end *tracing.ExchangeEnd) timings {
	if x.head == nil || end.Timings.Start.IsZero() {
		return x.unanswered(end.Time)
	}
	t := &end.Timings
	out := timings{Blocked: ms(t.Pool), DNS: -1, Connect: -1, SSL: -1, Send: ms(t.Send), Wait: ms(t.Wait), Receive: ms(t.Receive)}
	if t.DNS > 0 && (!x.marks.dns.IsZero() || hasName(x.start.URL)) {
		out.DNS = ms(t.DNS)
	}
	if t.Connect > 0 {
		out.Connect = ms(t.Connect + t.TLS)
	}
	if t.TLS > 0 {
		out.SSL = ms(t.TLS)
	}
	return out
}

// hasName reports whether the host of a URL is to be resolved.
func hasName(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return true
	}
	_, err = netip.ParseAddr(u.Hostname())
	return err != nil
}

// unanswered gives those of an exchange of which the connector has not told: the
// phase in which it ended lasted until then.
func (x *exchange) unanswered(end time.Time) timings {
	m, out := &x.marks, timings{DNS: -1, Connect: -1, SSL: -1}
	left := end.Sub(x.start.Time)
	phase := func(from time.Time, next ...time.Time) float64 {
		next = append(next, end)
		for next[0].IsZero() {
			next = next[1:]
		}
		return ms(next[0].Sub(from))
	}
	connect := m.connect
	if connect.IsZero() && m.dns.IsZero() {
		connect = m.create // a dial function's
	}
	if !m.dns.IsZero() {
		out.DNS = phase(m.dns, m.resolved)
	}
	if !connect.IsZero() {
		out.Connect = phase(connect, m.connected)
	}
	if !m.secure.IsZero() {
		out.SSL = phase(m.secure, m.connected)
	}
	if x.sent != nil {
		var head time.Time
		if x.head != nil {
			head = x.head.Time
			out.Receive = phase(head)
		}
		out.Wait = phase(x.sent.Time, head)
	}
	out.Blocked = max(round(ms(left)-out.total()), 0)
	return out
}

// total: "This is the sum of all timings available in the timings object (i.e.
// not including -1 values)." That of TLS is in connect's.
func (t *timings) total() float64 {
	sum := 0.0
	for _, part := range []float64{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive} {
		sum += max(part, 0)
	}
	return round(sum)
}

// ms gives milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(max(d, 0).Microseconds()) / 1000 }

// round leaves no more than microseconds of milliseconds.
func round(ms float64) float64 { return float64(int64(ms*1000+0.5)) / 1000 }
