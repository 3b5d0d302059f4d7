package answer

import (
	"crypto/tls"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// Connection tells how the response came: from where, by which TLS, shown by
// which certificate.
func Connection(s *tty.Screen, resp *aiohttp.Response, t *connector.Timings) {
	switch {
	case t.Proxy != "":
		line(s, "connected through the proxy %s (%s) in %s", tty.Clean(t.Proxy), t.Addr, units.Duration(t.DNS+t.Connect+t.TLS))
	case t.Addr != "":
		line(s, "connected to %s in %s", t.Addr, units.Duration(t.DNS+t.Connect+t.TLS))
	}
	state := resp.TLS()
	if state == nil {
		return
	}
	about := []string{tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)}
	if state.CurveID != 0 {
		about = append(about, state.CurveID.String())
	}
	if state.DidResume {
		about = append(about, "resumed")
	}
	line(s, "%s", strings.Join(about, ", "))
	if len(state.PeerCertificates) > 0 {
		cert := state.PeerCertificates[0]
		line(s, "certificate of %s by %s until %s", tty.Clean(cert.Subject.String()),
			tty.Clean(cert.Issuer.String()), cert.NotAfter.Format("2006-01-02"))
	}
}

func line(s *tty.Screen, format string, args ...any) {
	s.Printf(s.Paint(tty.Dim, "*")+" "+format+"\n", args...)
}
