package aiohttptest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// place is what a ServeMux does not match by: a scheme and a port, each empty
// where a pattern leaves it open.
type place struct{ scheme, port string }

// resource is a pattern without its query: a place, and what a ServeMux makes of
// the rest.
type resource struct {
	place
	pattern string
}

// parsePattern takes "[METHOD ][http[s]://][HOST[:PORT]]/PATH[?QUERY]" apart.
func parsePattern(text string) (resource, url.Values, error) {
	var at resource
	method, rest, found := strings.Cut(text, " ")
	if !found {
		method, rest = "", text
	}
	rest, rawQuery, _ := strings.Cut(strings.TrimLeft(rest, " "), "?")
	if rest == "" {
		return at, nil, errors.New("nothing to match")
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return at, nil, err
	}
	if scheme, after, ok := strings.Cut(rest, "://"); ok {
		at.scheme, rest = strings.ToLower(scheme), after
		if at.scheme != "http" && at.scheme != "https" {
			return at, nil, fmt.Errorf("unsupported scheme %q", scheme)
		}
		at.port = map[string]string{"http": "80", "https": "443"}[at.scheme]
	}
	host, path := rest, "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if at.scheme != "" && host == "" {
		return at, nil, errors.New("no host after the scheme")
	}
	if name, port, err := net.SplitHostPort(host); err == nil {
		host, at.port = name, port
		if strings.Contains(name, ":") {
			host = "[" + name + "]"
		}
	}
	at.pattern = strings.ToLower(host) + path
	if method != "" {
		at.pattern = method + " " + at.pattern
	}
	return at, query, nil
}

// places gives where to look for the handler of a request, the nearest first.
func places(scheme string, r *http.Request) []place {
	_, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return []place{{scheme, port}, {"", port}, {}}
}
