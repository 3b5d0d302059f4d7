package aiohttp

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// appendCookies renders the Cookie field: the jar's cookies, the session's and
// the request's own, in one line. A cookie of the request takes the place of
// the jar's of that name.
//
// RFC 6265, section 5.4: "the user agent MUST NOT attach more than one Cookie
// header field."
// https://www.rfc-editor.org/rfc/rfc6265#section-5.4
func (h *hop) appendCookies(head []byte) ([]byte, error) {
	s := h.session
	none := s.jar == nil || s.own != nil && s.own.Len() == 0
	if none && len(s.defaults.cookies) == 0 && len(h.req.Cookies) == 0 && len(h.header) == 0 {
		return head, nil
	}
	const name = "Cookie: "
	start := len(head)
	head = append(head, name...)
	bare := len(head)
	head = h.appendJar(head, bare)
	var err error
	if head, err = h.appendOwnCookies(head, bare); err != nil {
		return nil, err
	}
	if len(head) == bare {
		return head[:start], nil
	}
	if !http1.ValidValue(head[bare:]) {
		return nil, errors.New("a cookie has a control character")
	}
	return append(head, "\r\n"...), nil
}

// appendJar renders what the jar has for the hop, less what the request sets
// itself.
func (h *hop) appendJar(head []byte, bare int) []byte {
	s := h.session
	switch {
	case h.bare, h.method == "TRACE": // its answer shows what was sent
		return head
	case s.own != nil:
		if s.own.Knows(h.dest.name()) { // what is unused costs no parsing
			head = s.own.AppendHeader(head, h.dest.parsed())
		}
	case s.jar != nil:
		for _, c := range s.jar.Cookies(h.dest.parsed()) {
			if validCookie(c) == nil { // a jar of others' may hold anything
				head = appendCookie(head, bare, c)
			}
		}
	}
	if len(head) == bare || h.foreign || len(h.req.Cookies) == 0 {
		return head
	}
	kept := head[:bare]
	for pair := range bytes.SplitSeq(bytes.Clone(head[bare:]), []byte("; ")) {
		name, _, _ := bytes.Cut(pair, []byte("="))
		if !named(h.req.Cookies, string(name)) {
			kept = append(appendSemicolon(kept, bare), pair...)
		}
	}
	return kept
}

func named(cookies []*http.Cookie, name string) bool {
	for _, c := range cookies {
		if c.Name == name {
			return true
		}
	}
	return false
}

// appendOwnCookies renders the cookies that came from no jar, unless the hop is
// away from where they belong.
func (h *hop) appendOwnCookies(head []byte, bare int) ([]byte, error) {
	own, given := cookieFields(h.header)
	if !given && !h.away && !h.bare {
		own = h.session.defaults.cookies
	}
	for _, value := range own {
		if value = http1.TrimOWS(value); value != "" {
			head = append(appendSemicolon(head, bare), value...)
		}
	}
	if h.foreign {
		return head, nil
	}
	for _, c := range h.req.Cookies {
		if err := validCookie(c); err != nil {
			return nil, err
		}
		head = appendCookie(head, bare, c)
	}
	return head, nil
}

// cookieFields gives the values of the Cookie field in a header.
func cookieFields(h http.Header) (values []string, given bool) {
	for name, values := range h {
		if textproto.CanonicalMIMEHeaderKey(name) == "Cookie" {
			return values, true
		}
	}
	return nil, false
}

// validCookie refuses what would be read as something else at the other end: as
// two cookies, or as another field.
func validCookie(c *http.Cookie) error {
	if c == nil || !http1.ValidToken(c.Name) {
		return errors.New("cookie with an invalid name")
	}
	if !http1.ValidValue(c.Value) || strings.IndexByte(c.Value, ';') >= 0 {
		return fmt.Errorf("value of cookie %q has a semicolon or a control character", c.Name)
	}
	return nil
}

func appendSemicolon(dst []byte, bare int) []byte {
	if len(dst) > bare {
		dst = append(dst, "; "...)
	}
	return dst
}

func appendCookie(dst []byte, bare int, c *http.Cookie) []byte {
	dst = appendSemicolon(dst, bare)
	dst = append(dst, c.Name...)
	dst = append(dst, '=')
	if c.Quoted {
		dst = append(dst, '"')
		dst = append(dst, c.Value...)
		return append(dst, '"')
	}
	return append(dst, c.Value...)
}

// keepCookies stores what a final response sets. Those of 1xx responses are
// never seen here: anyone who can inject one could set them.
func (s *Session) keepCookies(resp *Response) {
	if s.jar == nil || !resp.reply.SetsCookie {
		return
	}
	values := fieldValues(resp.reply.Fields(), "set-cookie")
	switch {
	case s.own != nil:
		s.own.SetCookieStrings(resp.place.parsed(), values)
	default:
		kept := false
		defer func() {
			if !kept { // the jar has panicked, and nobody gets the response
				resp.Close()
			}
		}()
		s.jar.SetCookies(resp.place.parsed(), parseSetCookie(values))
		kept = true
	}
}

func parseSetCookie(values []string) []*http.Cookie {
	return (&http.Response{Header: http.Header{"Set-Cookie": values}}).Cookies()
}

// fieldValues gives the values of all the fields of a name in lower case.
func fieldValues(f http1.Fields, lower string) []string {
	if _, ok := f.Get(lower); !ok {
		return nil
	}
	var values []string
	for name, value := range f.All() {
		if http1.EqualFold(name, lower) {
			values = append(values, string(value))
		}
	}
	return values
}
