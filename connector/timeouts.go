package connector

import "time"

var defaultTimeouts = Timeouts{
	Pool:      60 * time.Second,
	DNS:       10 * time.Second,
	Connect:   10 * time.Second,
	TLS:       10 * time.Second,
	Write:     60 * time.Second,
	Head:      30 * time.Second,
	BodyStall: 60 * time.Second,
	Total:     -1,
}

// withDefaults fills every zero field in from def.
func (t Timeouts) withDefaults(def Timeouts) Timeouts {
	if t == (Timeouts{}) {
		return def
	}
	for _, f := range []struct{ field, def *time.Duration }{
		{&t.Pool, &def.Pool}, {&t.DNS, &def.DNS}, {&t.Connect, &def.Connect}, {&t.TLS, &def.TLS},
		{&t.Write, &def.Write}, {&t.Head, &def.Head}, {&t.BodyStall, &def.BodyStall}, {&t.Total, &def.Total},
	} {
		if *f.field == 0 {
			*f.field = *f.def
		}
	}
	return t
}
