package aiohttp

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A hop adds the jar's cookies behind all middleware. A round tripper of net/http's
// expects to see them, as from an http.Client: a cache that does not would take a
// page that varies on Cookie for the same before and after a login. So it is shown
// the field as it will be sent, and what it hands on has the request's own again.

// cookieView is the Cookie field of a hop that middleware does not change.
type cookieView struct {
	field string   // as it is sent
	own   []string // the request's own
	url   string   // for which
}

// viewCookies gives the Cookie field of the hop, whose Request is r.
func (h *hop) viewCookies(r *Request) cookieView {
	line, err := h.appendCookies(nil)
	if err != nil { // which sending it will give
		return cookieView{}
	}
	field := strings.TrimSuffix(strings.TrimPrefix(string(line), "Cookie: "), "\r\n")
	return cookieView{field, r.Header["Cookie"], r.URL}
}

// showCookies gives the fields for the twin.
func (t *twin) showCookies() http.Header {
	own := t.req.Header
	if t.req.via == nil {
		return own
	}
	view := &t.req.via.cookies
	if view.field == "" || view.url != t.req.URL || !slices.Equal(view.own, own["Cookie"]) {
		return own
	}
	t.cookies = view.field
	shown := maps.Clone(own)
	if shown == nil {
		shown = http.Header{}
	}
	shown["Cookie"] = []string{view.field}
	return shown
}

// hideCookies puts the request's own Cookie field in the place of the one that was
// shown. What a round tripper has added to that, it keeps.
func (t *twin) hideCookies(header http.Header) {
	if t == nil || t.cookies == "" || len(header["Cookie"]) == 0 {
		return
	}
	added, ok := strings.CutPrefix(header["Cookie"][0], t.cookies)
	if !ok || added != "" && !strings.HasPrefix(added, "; ") {
		return
	}
	fields := slices.Clone(t.req.Header["Cookie"])
	if added != "" {
		fields = append(fields, added[len("; "):])
	}
	fields = append(fields, header["Cookie"][1:]...)
	if len(fields) == 0 {
		delete(header, "Cookie")
		return
	}
	header["Cookie"] = fields
}
