package aiohttp

import (
	"cmp"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// over fills the fields of own that are zero in from def.
func over(own, def connector.Timeouts) connector.Timeouts {
	return connector.Timeouts{
		Pool:      cmp.Or(own.Pool, def.Pool),
		DNS:       cmp.Or(own.DNS, def.DNS),
		Connect:   cmp.Or(own.Connect, def.Connect),
		TLS:       cmp.Or(own.TLS, def.TLS),
		Write:     cmp.Or(own.Write, def.Write),
		Head:      cmp.Or(own.Head, def.Head),
		BodyStall: cmp.Or(own.BodyStall, def.BodyStall),
		Total:     cmp.Or(own.Total, def.Total),
	}
}

// limits gives the time-outs of one hop; nil leaves it to the connector. All of them
// run anew for each redirect, but for Total, which began with the first hop and ends
// at h.ends.
func (h *hop) limits() *connector.Timeouts {
	var t *connector.Timeouts
	if h.session.timed {
		t = &h.session.opts.Timeouts
	}
	if h.req.Timeouts != (connector.Timeouts{}) {
		h.own = over(h.req.Timeouts, h.session.opts.Timeouts)
		t = &h.own
	}
	if t != nil && t.Total > 0 && h.ends.IsZero() {
		h.ends = time.Now().Add(t.Total)
	}
	return t
}
