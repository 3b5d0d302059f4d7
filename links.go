package aiohttp

import (
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// Link is one link of a Link field.
type Link struct {
	// URL is where it leads, resolved against the URL of the response.
	URL *url.URL

	// Rel holds the relation types, in lower case, in the order of the field.
	Rel []string

	// Params holds the other parameters by name, in lower case ("title", "type",
	// "hreflang"). The first of several with one name counts. A parameter with a
	// name that ends in "*" is as it was sent.
	Params map[string]string
}

// maxLinks bounds how many links of a response are looked at.
const maxLinks = 1000

// Links gives the links of the response's Link fields, in their order: those of
// RFC 8288 that are about the response itself (no "anchor"). What cannot be
// parsed is left out.
func (r *Response) Links() []Link {
	var links []Link
	for _, value := range fieldValues(r.reply.Fields(), "link") {
		for rest := value; rest != "" && len(links) < maxLinks; {
			var l rawLink
			if l, rest = cutLink(rest); l.valid {
				links = r.appendLink(links, l)
			}
		}
	}
	return links
}

// appendLink resolves a link.
//
// RFC 8288, section 3.2: "By default, the context of a link conveyed in the Link
// header field is the URL of the representation it is associated with". One with
// an anchor is about something else, and section 3.2 lets those be ignored who do
// not look at the anchor.
// https://www.rfc-editor.org/rfc/rfc8288#section-3.2
func (r *Response) appendLink(links []Link, l rawLink) []Link {
	if _, anchored := l.params["anchor"]; anchored {
		return links
	}
	ref, err := url.Parse(l.target)
	if err != nil {
		return links
	}
	rel := strings.Fields(strings.ToLower(l.params["rel"]))
	delete(l.params, "rel")
	return append(links, Link{URL: r.URL().ResolveReference(ref), Rel: rel, Params: l.params})
}

// Link gives where the first link of a relation type ("next", "last") leads, or
// nil.
func (r *Response) Link(rel string) *url.URL {
	for _, l := range r.Links() {
		for _, have := range l.Rel {
			if strings.EqualFold(have, rel) {
				return l.URL
			}
		}
	}
	return nil
}

// rawLink is a link as it stands in the field.
type rawLink struct {
	target string
	params map[string]string
	valid  bool
}

// cutLink splits the first link off a list. What is not one is passed over up to
// the next comma.
//
//	link-value = "<" URI-Reference ">" *( OWS ";" OWS link-param )
//	link-param = token BWS [ "=" BWS ( token / quoted-string ) ]
//
// https://www.rfc-editor.org/rfc/rfc8288#section-3
func cutLink(list string) (l rawLink, rest string) {
	list = strings.TrimLeft(list, " \t,")
	end := strings.IndexByte(list, '>')
	if list == "" || list[0] != '<' || end < 0 {
		_, rest, _ = strings.Cut(list, ",")
		return rawLink{}, rest
	}
	l = rawLink{target: list[1:end], params: map[string]string{}, valid: true}
	rest = list[end+1:]
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" || rest[0] == ',' {
			return l, strings.TrimPrefix(rest, ",")
		}
		if rest[0] != ';' {
			_, rest, _ = strings.Cut(rest, ",")
			return rawLink{}, rest
		}
		var name, value string
		name, value, rest = cutParameter(rest[1:])
		if name = strings.ToLower(name); !http1.ValidToken(name) {
			continue
		}
		if _, twice := l.params[name]; !twice {
			l.params[name] = value
		}
	}
}

// cutParameter splits a parameter, up to the next semicolon or comma, off s.
func cutParameter(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.Trim(s, " \t"), "", ""
	}
	name, rest = strings.Trim(s[:end], " \t"), s[end:]
	if rest[0] != '=' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		end = strings.IndexAny(rest+";", ";,")
		return name, strings.TrimRight(rest[:end], " \t"), rest[end:]
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			return name, b.String(), rest[i+1:]
		case c == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return name, b.String(), "" // the quote was not closed
}
