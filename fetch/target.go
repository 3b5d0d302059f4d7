package fetch

import (
	"net/url"
	"strings"
)

// A target is a URL taken apart for naming and for scheduling.
type target struct {
	https bool
	host  string // lower case, without brackets
	port  string // empty for the scheme's own
	user  string
	raw   string // path as it stands in the URL, without the first slash
	query string // with its "?"
	n     int    // number of the item

	server string // what key gives, if that stands in the URL; else empty
}

// newTarget takes a URL apart. See plainTarget for the short way.
func newTarget(u *url.URL) target {
	t := target{
		https: u.Scheme == "https",
		host:  strings.ToLower(u.Hostname()),
		port:  u.Port(),
		raw:   strings.TrimPrefix(u.EscapedPath(), "/"),
	}
	if t.https && t.port == "443" || !t.https && t.port == "80" {
		t.port = ""
	}
	if u.User != nil {
		t.user = u.User.Username()
	}
	if u.RawQuery != "" || u.ForceQuery {
		t.query = "?" + u.RawQuery
	}
	return t
}

// plainTarget gives what newTarget does for a URL whose every byte stands for
// itself, as they mostly do, without an allocation; false for any other one,
// which may be valid or not.
func plainTarget(raw string) (t target, ok bool) {
	rest, ok := strings.CutPrefix(raw, "http://")
	if !ok {
		rest, ok = strings.CutPrefix(raw, "https://")
		t.https = true
	}
	if !ok {
		return target{}, false
	}
	t.host, rest = cutWhile(rest, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' || c == '.' })
	t.server = raw[:len(raw)-len(rest)]
	if after, ok := strings.CutPrefix(rest, ":"); ok {
		if t.port, rest = cutWhile(after, isDigit); t.port == "" {
			return target{}, false
		}
		if t.https && t.port == "443" || !t.https && t.port == "80" {
			t.port = ""
		} else {
			t.server = raw[:len(raw)-len(rest)]
		}
	}
	if after, ok := strings.CutPrefix(rest, "/"); ok {
		t.raw, rest = cutWhile(after, func(c byte) bool {
			return isLower(c|0x20) || isDigit(c) || c == '-' || c == '.' || c == '/' || c == '_' || c == '~' || c == '+' || c == '='
		})
	}
	if strings.HasPrefix(rest, "?") {
		t.query, rest = cutWhile(rest, func(c byte) bool { return c > ' ' && c < 0x7f && c != '#' })
	}
	return t, t.host != "" && rest == ""
}

// cutWhile splits s in front of the first byte that is not of a kind.
func cutWhile(s string, is func(c byte) bool) (before, after string) {
	i := 0
	for i < len(s) && is(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// key names the server for limits: scheme, host and port.
func (t *target) key() string {
	if t.server != "" {
		return t.server
	}
	key := t.host
	if strings.IndexByte(key, ':') >= 0 {
		key = "[" + key + "]"
	}
	if t.port != "" {
		key += ":" + t.port
	}
	if !t.https {
		return "http://" + key
	}
	return "https://" + key
}

// folder names the top folder: the host, then what sets the server apart from
// https on port 443.
func (t *target) folder() string { return string(t.appendFolder(nil)) }

// appendFolder does what folder does.
func (t *target) appendFolder(b []byte) []byte {
	switch {
	case t.user != "":
		b = append(b, sanitize(t.host)+"~"+shortHash("user", t.host, t.user)...)
	case !isSafe(t.host) || strings.IndexByte(t.host, '+') >= 0:
		b = append(b, sanitize(t.host)+"~"+shortHash("host", t.host)...)
	default:
		b = append(b, t.host...)
	}
	if t.port != "" {
		b = append(append(b, '+'), t.port...)
	}
	switch {
	case t.port != "" && t.https:
		b = append(b, "+https"...)
	case t.port == "" && !t.https:
		b = append(b, "+http"...)
	}
	return b
}

// path names the file below the host's folder.
func (t *target) path(variant string) string {
	return string(t.appendPath(nil, variant))
}

// appendPath does what path does.
func (t *target) appendPath(dst []byte, variant string) []byte {
	b, start := dst, len(dst)
	rest := t.raw
	for len(b)-start <= maxPathBytes {
		part, after, more := strings.Cut(rest, "/")
		if !more {
			b = append(b, fileName(rest, t.query, variant)...)
			break
		}
		b = append(append(b, folderName(part)...), '/')
		rest = after
	}
	if len(b)-start > maxPathBytes {
		_, ext := t.lastName()
		if ext == "" {
			ext = bodyExt
		}
		return append(b[:start], "long~"+shortHash("long", t.raw, t.query, variant)+ext...)
	}
	return b
}

// lastName gives the last part of the path that is not empty, else the host,
// as a safe stem and an extension. It does not tell URLs apart.
func (t *target) lastName() (stem, ext string) {
	last := strings.TrimRight(t.raw, "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	if last == "" {
		return sanitize(t.host), ""
	}
	ext = extension(last)
	return sanitize(last[:len(last)-len(ext)]), strings.ToLower(ext)
}

// hash identifies the whole request.
func (t *target) hash(variant string) string {
	return shortHash("url", t.key(), t.user, t.raw, t.query, variant)
}
