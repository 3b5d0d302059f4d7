package aiohttp

import (
	"cmp"

	"github.com/aiohttp-go/aiohttp/connector"
)

// over fills the fields of own that are zero in from def.
func over(own, def connector.Timeouts) connector.Timeouts {
	if own == (connector.Timeouts{}) {
		return def
	}
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
