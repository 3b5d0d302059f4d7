package connector

import (
	"context"
	"fmt"
	"net"
	"net/url"
)

// Dial opens a connection to "name:port" as a request to an https URL would: by
// the resolver, guard and time-outs of the options, and through the proxy, if
// there is one for it, to which it may be inside of TLS. It is given as it is
// before the TLS with the origin. It is the caller's, who closes it; the limits
// of the pool and Close do not concern it. A failure is an [*Error].
func (c *Connector) Dial(ctx context.Context, addr string) (net.Conn, error) {
	name, _, err := Address(&url.URL{Scheme: "https", Host: addr})
	if err == nil {
		_, _, err = splitPort(addr)
	}
	if err != nil {
		return nil, &Error{Phase: PhasePrepare, Err: fmt.Errorf("invalid address %q: %w", addr, err)}
	}
	call := Call{Method: "CONNECT", TLS: true, Host: name}
	x := exchange{c: c, ctx: ctx, call: &call, limits: &c.timeouts}
	if c.closed.Load() {
		return nil, x.failed(PhasePool, ErrClosed, false)
	}
	via, err := x.route()
	if err != nil {
		return nil, x.failed(PhasePrepare, err, false)
	}
	x.via = via
	o := &opening{c: c, addr: name, limits: &c.timeouts}
	o.life.Context = ctx
	o.life.full, o.life.cancel = context.WithCancelCause(ctx) // with its deadline
	defer o.abort(nil)
	defer o.life.follow(ctx)()
	c.dialer.begin(&o.life)
	defer c.dialer.end(&o.life)
	cn, failed := o.dial(&host{key: hostKey{host: name, via: via}})
	if failed != nil {
		return nil, x.unopened(failed)
	}
	return cn.top, nil
}
