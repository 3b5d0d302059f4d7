package http1

import (
	"net/http"
	"net/textproto"
	"strings"
)

// Header makes a map of the fields, in a few allocations however many there
// are: one string for all of them, which the values are parts of, and one array
// for the values. backing, when it has room for a value each, is that array.
func (f Fields) Header(backing []string) http.Header {
	n := f.Count()
	h := make(http.Header, n)
	if n == 0 {
		return h
	}
	values := backing[:0]
	if cap(values) < n {
		values = make([]string, 0, n)
	}
	for rest := string(f); rest != ""; {
		line, after, _ := strings.Cut(rest, "\r\n")
		rest = after
		colon := strings.IndexByte(line, ':')
		key := canonical(line[:colon])
		values = append(values, TrimOWS(line[colon+1:]))
		last := len(values)
		if old, ok := h[key]; ok {
			h[key] = append(old, values[last-1])
		} else {
			h[key] = values[last-1 : last : last]
		}
	}
	return h
}

// canonical gives a field name in canonical form, without an allocation for
// one that has it already, as most on the wire have, and for the usual ones in
// lower case.
func canonical(name string) string {
	if known, ok := lowerNames[name]; ok {
		return known
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// lowerNames are the names that servers like to send in lower case.
var lowerNames = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{
		"Accept-Ranges", "Access-Control-Allow-Origin", "Age", "Alt-Svc", "Cache-Control",
		"Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Etag",
		"Expires", "Keep-Alive", "Last-Modified", "Link", "Location", "Pragma", "Server",
		"Set-Cookie", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "Via",
		"X-Cache", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id",
	} {
		m[strings.ToLower(name)] = name
	}
	return m
}()
