package request

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// ParseURL checks a URL as a person types it. One without a scheme is taken as
// https, or http where its host is this machine.
func ParseURL(text string) (string, error) {
	full := text
	if !strings.Contains(text, "://") {
		full = "https://" + text
		if u, err := url.Parse(full); err == nil && loopback(u.Hostname()) {
			full = "http://" + text
		}
	}
	u, err := url.Parse(full)
	switch {
	case err != nil:
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return "", fmt.Errorf("url %q: %w", text, err)
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("url %q: scheme %q: want http or https", text, u.Scheme)
	case u.Hostname() == "":
		return "", fmt.Errorf("url %q: no host in it", text)
	}
	return full, nil
}

// Address gives the "host:port" to connect to for a URL that [ParseURL] gave.
func Address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// loopback holds for addresses and names that never leave the machine.
//
// "Name resolution APIs and libraries SHOULD recognize localhost names as
// special and SHOULD always return the IP loopback address for address queries".
// https://www.rfc-editor.org/rfc/rfc6761#section-6.3
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
