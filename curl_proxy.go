package aiohttp

import (
	"cmp"
	"os"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/shell"
)

// proxy adds what is said of proxies. curl heeds the environment unasked, and its
// list of exceptions for a proxy that is named, too.
func (c *curl) proxy(s *Session, h *hop) {
	named := cmp.Or(h.req.Proxy, s.opts.Proxy)
	switch {
	case named == "environment":
		c.environment(h)
	case named == "direct", named == "" && s.owned && curlHasProxy():
		c.add("--noproxy", "*")
		return
	case named != "":
		c.add("--proxy", named, "--noproxy", "")
	}
	switch s.connector.ProxyAuth() {
	case connector.ProxyWhenAsked:
		c.add("--proxy-anyauth")
	case connector.ProxyDigestOnly:
		c.add("--proxy-digest")
	}
}

// curlHasProxy reports whether curl finds a proxy in the environment.
func curlHasProxy() bool {
	for _, name := range [...]string{"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// environment adds what lets curl heed the environment as we do.
//
// curl's manual: "The environment variables can be specified in lower case or upper
// case. The lower case version has precedence. http_proxy is an exception as it is
// only available in lower case." For us the upper case is as good, and neither of the
// two counts in a CGI program. See [connector.ProxyFromEnvironment].
func (c *curl) environment(h *hop) {
	lower, upper := os.Getenv("http_proxy"), os.Getenv("HTTP_PROXY")
	blank := strings.TrimSpace(lower) == ""
	switch _, cgi := os.LookupEnv("REQUEST_METHOD"); {
	case cgi && !blank:
		c.variable = "http_proxy= "
	case !cgi && blank && strings.TrimSpace(upper) != "":
		c.variable = "http_proxy=" + shell.Quote([]string{upper}) + " "
	}
	if (c.variable != "" || curlHasProxy()) && neverProxied(&h.dest) {
		host := strings.Trim(h.dest.parsed().Hostname(), "[]")
		exceptions := cmp.Or(os.Getenv("no_proxy"), os.Getenv("NO_PROXY"))
		c.add("--noproxy", strings.TrimPrefix(exceptions+","+host, ","))
	}
}

// neverProxied reports whether no proxy of the environment's is for a destination: it
// is this machine.
func neverProxied(d *destination) bool {
	choose := connector.ProxyFromVariables(func(name string) (string, bool) {
		return "http://any.invalid", name == "all_proxy"
	})
	scheme := "http"
	if d.tls {
		scheme = "https"
	}
	way, err := choose(scheme, d.addr)
	return err == nil && way == nil
}
