package aiohttp

import (
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Version is the version of this library; it stands in the User-Agent field.
const Version = connector.Version

// defaults are the fields that a session sends with every request, rendered
// once.
type defaults struct {
	fields  []field
	block   []byte   // all of them, as they go on the wire
	cookies []string // values of a Cookie field, which joins the jar's
	bodied  bool     // there is a Content-Type among them
}

type field struct {
	name     string // canonical
	value    string
	line     []byte // as it goes on the wire
	personal bool   // a credential: it stays within its origin
	ours     bool   // not asked for by the user
}

// newDefaults renders the session's fields: ours, and on top those of the user.
func newDefaults(header http.Header) (defaults, error) {
	all := http.Header{
		"User-Agent":      {"aiohttp-go/" + Version},
		"Accept":          {"*/*"},
		"Accept-Encoding": {coding.Accept},
	}
	asked := map[string]bool{}
	for _, name := range sortedKeys(header) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if asked[canonical] {
			return defaults{}, fmt.Errorf("default header field %q is there in two spellings", canonical)
		}
		asked[canonical] = true
		all[canonical] = header[name]
	}
	var d defaults
	for _, name := range sortedKeys(all) {
		if framingField(name) {
			return defaults{}, fmt.Errorf("header field %q is set for each request and cannot be a default", name)
		}
		for _, value := range all[name] {
			line, err := appendField(nil, name, value)
			if err != nil {
				return defaults{}, err
			}
			if name == "Cookie" {
				d.cookies = append(d.cookies, http1.TrimOWS(value))
				continue
			}
			d.fields = append(d.fields, field{name, http1.TrimOWS(value), line, secret.Field(name), !asked[name]})
			d.block = append(d.block, line...)
			d.bodied = d.bodied || name == "Content-Type"
		}
	}
	return d, nil
}

func sortedKeys(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }

// framingField reports whether a field is the engine's own to set.
func framingField(canonical string) bool {
	switch canonical {
	case "Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Te", "Upgrade", "Expect", "Host":
		return true
	}
	return false
}

// appendDefaults renders the session's fields. Those that the request itself
// sets are left out, and where its credentials do not belong they are.
func (h *hop) appendDefaults(dst []byte) []byte {
	d := &h.session.defaults
	if len(h.header) == 0 && !h.away && h.user() == nil {
		return append(dst, d.block...)
	}
	for i := range d.fields {
		if f := &d.fields[i]; h.takes(f) {
			dst = append(dst, f.line...)
		}
	}
	return dst
}

// takes reports whether one of the session's fields goes with the hop.
func (h *hop) takes(f *field) bool {
	switch {
	case f.personal && h.away, overridden(h.header, f.name):
		return false
	case f.name == "Authorization" && h.user() != nil: // the URL's is nearer
		return false
	}
	return true
}

// overridden reports whether own has the field, in whatever case it was
// written.
func overridden(own http.Header, canonical string) bool {
	if _, ok := own[canonical]; ok {
		return true
	}
	for name := range own {
		if textproto.CanonicalMIMEHeaderKey(name) == canonical {
			return true
		}
	}
	return false
}

// spelledOnce refuses a field that is there in two spellings: which of them
// counts would be left to chance.
func spelledOnce(header http.Header) error {
	for name := range header {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		if canonical == name {
			continue
		}
		for other := range header {
			if other != name && textproto.CanonicalMIMEHeaderKey(other) == canonical {
				return fmt.Errorf("header field %q is there in two spellings", canonical)
			}
		}
	}
	return nil
}

// hostField gives the value of the Host field: the URL's, or the request's own.
func (h *hop) hostField() (string, error) {
	if len(h.header) == 0 {
		return h.dest.host, nil
	}
	if err := spelledOnce(h.header); err != nil {
		return "", err
	}
	for name, values := range h.header {
		if textproto.CanonicalMIMEHeaderKey(name) != "Host" {
			continue
		}
		if len(values) != 1 || values[0] == "" || !http1.ValidHost(values[0]) {
			return "", fmt.Errorf("invalid Host field %q", strings.Join(values, ", "))
		}
		return values[0], nil
	}
	return h.dest.host, nil
}

// appendHeader renders the request's own fields, in the order of their names.
func (h *hop) appendHeader(head []byte, call *connector.Call) ([]byte, error) {
	var te, connection []string
	for _, name := range sortedKeys(h.header) {
		values := h.header[name]
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case canonical == "Cookie" || canonical == "Host":
			continue // with the jar's, and in front
		case canonical == "Te":
			te = values
		case canonical == "Connection" && http1.HasOption(strings.Join(values, ","), "close"):
			call.Close, connection = true, values
			options := http1.WithoutOption(strings.Join(values, ","), "close")
			if options == "" {
				continue
			}
			values = []string{options}
		case canonical == "Expect" && len(values) == 1 && strings.EqualFold(values[0], "100-continue"):
			call.Expect100 = true
			continue
		case canonical == "Idempotency-Key":
			call.Repeatable = true
		case canonical == "Upgrade":
			call.Tunnel = true // it is a matter between us and the origin
		case canonical == "Connection":
			connection = values
		case framingField(canonical):
			return nil, fmt.Errorf("header field %q says how the body is sent: use the fields of Request", canonical)
		}
		for _, value := range values {
			var err error
			if head, err = appendField(head, canonical, value); err != nil {
				return nil, err
			}
		}
	}
	unnamed, err := http1.CheckTE(te, connection)
	if unnamed {
		head = http1.AppendField(head, "Connection", "TE")
	}
	return head, err
}

// appendField validates and renders one field.
//
// RFC 9110, section 5.5: "Field values containing CR, LF, or NUL characters are
// invalid and dangerous, due to the varying ways that implementations might
// parse and interpret those characters".
// https://www.rfc-editor.org/rfc/rfc9110#section-5.5-5
func appendField(dst []byte, name, value string) ([]byte, error) {
	if !http1.ValidToken(name) {
		return nil, fmt.Errorf("invalid header field name %q", name)
	}
	value = http1.TrimOWS(value)
	if !http1.ValidValue(value) {
		return nil, fmt.Errorf("value of header field %q has a control character", name)
	}
	return http1.AppendField(dst, name, value), nil
}
