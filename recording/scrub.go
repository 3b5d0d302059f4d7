package recording

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// scrubber masks secrets.
type scrubber struct {
	fields, parameters, members, keep map[string]bool // names in lower case
	more                              func(*Exchange)
}

func newScrubber(o *Options) scrubber {
	return scrubber{
		fields: lowered(o.ScrubHeader), parameters: lowered(o.ScrubQuery), members: lowered(o.ScrubJSON),
		keep: lowered(o.Keep), more: o.Scrub,
	}
}

func lowered(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[strings.ToLower(name)] = true
	}
	return set
}

// exchange gives a copy without secrets.
func (s *scrubber) exchange(e Exchange) Exchange {
	e = e.clone()
	s.message(&e.Request.URL, e.Request.Header, &e.Request.Body)
	s.message(nil, e.Response.Header, &e.Response.Body)
	if s.more != nil {
		s.more(&e)
	}
	return e
}

// request gives a copy without secrets.
func (s *scrubber) request(r Request) Request {
	return s.exchange(Exchange{Request: r}).Request
}

// message masks a request, or a response, which has no URL.
func (s *scrubber) message(address *string, header http.Header, body *[]byte) {
	if address != nil {
		*address = s.url(*address)
	}
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	for name, values := range header {
		s.field(name, values)
	}
	switch {
	case kind == "application/x-www-form-urlencoded":
		*body = []byte(s.list(string(*body)))
	case strings.Contains(kind, "json"):
		*body = secret.JSON(*body, s.isMember)
	}
}

// field masks the values of one header field.
func (s *scrubber) field(name string, values []string) {
	lower := strings.ToLower(name)
	if s.keep[lower] {
		return
	}
	for i, value := range values {
		if lower == "location" || lower == "content-location" || lower == "referer" {
			values[i] = s.url(value)
			continue
		}
		if values[i] = secret.Value(http.CanonicalHeaderKey(name), value); values[i] == value && s.fields[lower] {
			values[i] = secret.Mask
		}
	}
}

// url masks the password and the parameters of a URL. What holds no secret stays
// as it is, octet for octet.
func (s *scrubber) url(text string) string {
	text, fragment, fragmented := strings.Cut(text, "#")
	text, query, queried := strings.Cut(text, "?")
	if u, err := url.Parse(text); err != nil || u.User != nil || u.Opaque != "" {
		text = secret.Text(text)
	}
	if queried {
		text += "?" + s.list(query)
	}
	if fragmented {
		text += "#" + s.list(fragment)
	}
	return text
}

// list masks the values of parameters in "a=b&c=d".
func (s *scrubber) list(text string) string {
	parts := strings.Split(text, "&")
	for i, part := range parts {
		name, _, given := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		plain = strings.ToLower(plain)
		if given && !s.keep[plain] && (s.parameters[plain] || secret.Bears(plain)) {
			parts[i] = name + "=" + secret.Mask
		}
	}
	return strings.Join(parts, "&")
}

// isMember reports whether a member of a JSON object is a secret.
func (s *scrubber) isMember(name string) bool {
	lower := strings.ToLower(name)
	if s.keep[lower] {
		return false
	}
	return s.members[lower] || secret.Member(lower)
}
