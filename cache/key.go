package cache

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// keyOf gives the key of a request: its target URI.
//
// "The "cache key" is the information a cache uses to choose a response and is
// composed from, at a minimum, the request method and target URI used to retrieve
// the stored response" https://www.rfc-editor.org/rfc/rfc9111#section-2-3
//
// Only responses to GET are stored, so the method is not part of it. A request
// whose Host is not its URL's has both in its key: what another server says about
// a host is not to be believed by who asks that host itself.
func keyOf(req *http.Request) string {
	key := keyOfURL(req.URL)
	host := req.Host
	if field := req.Header["Host"]; len(field) > 0 { // sessions take it, net/http does not
		host = field[0]
	}
	if host != "" && !strings.EqualFold(host, req.URL.Host) {
		key = host + " at " + key
	}
	return key
}

func keyOfURL(u *url.URL) string {
	host := strings.ToLower(u.Host)
	scheme := strings.ToLower(u.Scheme)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host + u.RequestURI()
}

// listed gives the members of a field that lists names, in canonical form, sorted
// and each once. A "*" among them is all there is.
func listed(lines []string) []string {
	var names []string
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); name == "*" {
				return []string{"*"}
			} else if name != "" {
				names = append(names, canonical(name))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// varies gives the request fields that a response depends on.
//
// Beyond what Vary names, a private cache keeps apart by Authorization, unless
// the response is public: one session can send the credentials of several users.
// "Caches might incorporate additional material into the cache key."
// https://www.rfc-editor.org/rfc/rfc9111#section-2-5
func (c *Cache) varies(r *rules) []string {
	if c.opts.Shared || r.has(public) || slices.Contains(r.varies, "Authorization") {
		return r.varies
	}
	return append(slices.Clone(r.varies), "Authorization")
}

// selection gives the hash of the fields of a request that are named. It is a
// hash since they may be secrets.
//
// "The header fields from two requests are defined to match if and only if those
// in the first request can be transformed to those in the second request by
// applying any of the following: adding or removing whitespace, where allowed in
// the header field's syntax ... combining multiple header field lines with the same
// field name ... normalizing both header field values in a way that is known to have
// identical semantics" https://www.rfc-editor.org/rfc/rfc9111#section-4.1-2
func selection(header http.Header, names []string) (sum [sha256.Size]byte) {
	present := false
	for _, name := range names {
		present = present || len(header[name]) > 0
	}
	if !present {
		return sum
	}
	buf := make([]byte, 0, 256)
	for _, name := range names {
		// "If (after any normalization that might take place) a header field is absent
		// from a request, it can only match another request if it is also absent
		// there." https://www.rfc-editor.org/rfc/rfc9111#section-4.1-4
		if lines := header[name]; len(lines) > 0 {
			buf = append(append(buf, name...), 0)
			buf = append(appendNormal(buf, name, lines), 0)
		}
	}
	return sha256.Sum256(buf)
}

// appendNormal appends a field's value with its lines joined, without white space
// around the commas that are not in quotes, and in lower case where case means
// nothing. The order stays: servers take it for a preference.
func appendNormal(dst []byte, name string, lines []string) []byte {
	anyCase := name == "Accept-Language" || name == "Accept-Encoding" || name == "Accept-Charset"
	for i, line := range lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		for {
			member, rest, more := cutMember(line)
			member = strings.Trim(member, " \t")
			if anyCase {
				member = strings.ToLower(member)
			}
			dst = append(dst, member...)
			if !more {
				break
			}
			dst, line = append(dst, ','), rest
		}
	}
	return dst
}

// cutMember cuts at the first comma outside of quotes.
func cutMember(s string) (member, rest string, more bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
