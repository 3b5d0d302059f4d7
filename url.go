package aiohttp

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// parseURL parses a URL. The error does not repeat the text, which stands in
// front of it anyway; and where there is a password, its cause neither, since
// that may quote a part of it.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	var parse *url.Error
	switch {
	case err == nil:
		u.RawQuery = asciiQuery(u.RawQuery)
		return u, nil
	case startsWithAddrPort(text):
		return nil, fmt.Errorf("%w: an address and port need \"http://\" or \"https://\" before them", ErrInvalidURL)
	case errors.As(err, &parse) && !strings.Contains(text, "@"):
		return nil, fmt.Errorf("%w: %w", ErrInvalidURL, parse.Err)
	}
	return nil, ErrInvalidURL
}

// startsWithAddrPort reports whether a text is an address and port, and a path: what
// a URL without its scheme looks like.
func startsWithAddrPort(text string) bool {
	host, _, _ := strings.Cut(text, "/")
	_, err := netip.ParseAddrPort(host)
	return err == nil
}

// asciiQuery encodes what is not ASCII in a query, as net/url does it in a path.
// All else stays as it is.
//
// The URL standard: "The C0 control percent-encode set are the C0 controls and all
// code points greater than U+007E (~)", and that of queries has it in it.
// https://url.spec.whatwg.org/#c0-control-percent-encode-set
func asciiQuery(query string) string {
	first := strings.IndexFunc(query, func(r rune) bool { return r >= 0x80 })
	if first < 0 {
		return query
	}
	encoded := []byte(query[:first])
	for i := first; i < len(query); i++ {
		if c := query[i]; c < 0x80 {
			encoded = append(encoded, c)
		} else {
			encoded = fmt.Appendf(encoded, "%%%02X", c)
		}
	}
	return string(encoded)
}

// plain splits an absolute URL whose path and query go on the wire as they are:
// no userinfo, no fragment, nothing that would have to be encoded, no broken
// escape in the path.
func plain(text string) (prefix, target string, ok bool) {
	const longest = len("https://")
	scheme := strings.Index(text[:min(len(text), longest)], "://")
	if scheme < 0 {
		return "", "", false
	}
	slash := strings.IndexByte(text[scheme+3:], '/')
	if slash <= 0 {
		return "", "", false
	}
	prefix, target = text[:scheme+3+slash], text[scheme+3+slash:]
	for i := 0; i < len(prefix); i++ {
		if c := prefix[i]; c == '@' || c == '?' || c == '#' || c == '\\' {
			return "", "", false
		}
	}
	return prefix, target, plainTarget(target)
}

// plainTarget reports whether a path and query go on the wire as they are.
func plainTarget(target string) bool {
	for i := 0; i < len(target); i++ {
		if c := target[i]; plainOctets[c] {
			continue
		} else if c != '%' {
			return false
		}
		if i+2 >= len(target) || !isHex(target[i+1]) || !isHex(target[i+2]) {
			if strings.IndexByte(target[:i], '?') < 0 {
				return false
			}
		}
	}
	return true
}

// plainOctets tells which octets, the percent sign apart, package net/url would
// neither encode in a path or query nor end it there.
var plainOctets = func() (t [256]bool) {
	for c := '!'; c < 0x7f; c++ {
		t[c] = true
	}
	for _, c := range "%#\"<>\\^`{|}" {
		t[c] = false
	}
	return t
}()

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
