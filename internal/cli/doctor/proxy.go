package doctor

import (
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// proxy tells which proxy the environment names for the URL.
func (x *examination) proxy() {
	p := &Proxy{}
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
		"ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"} {
		if value, _ := x.Lookup(name); value != "" {
			p.Variables = append(p.Variables, name+"="+redact(value))
		}
	}
	x.report.Proxy = p
	if len(p.Variables) == 0 {
		return
	}
	through, err := http.ProxyFromEnvironment(&http.Request{URL: x.url})
	switch {
	case err != nil:
		x.report.add(Warning, exit.Failed, "the proxy variables cannot be understood: "+err.Error(),
			"write them as HTTPS_PROXY=http://host:port")
	case through != nil:
		p.Applies = through.Redacted()
		x.report.add(Note, exit.OK, "the environment names the proxy "+p.Applies+
			" for this URL; this version uses no proxies, so everything here went directly", "")
	}
}

// redact masks the password of a proxy URL.
func redact(value string) string {
	if u, err := url.Parse(value); err == nil && u.User != nil {
		return u.Redacted()
	}
	return value
}
