package aiohttp

import (
	"fmt"
	"net/http"
	"net/textproto"
	"slices"

	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// Version is the version of this library; it stands in the User-Agent field.
const Version = "0.1.0"

// defaults are the fields that a session sends with every request, rendered
// once.
type defaults struct {
	fields []field
	block  []byte // all of them, as they go on the wire
}

type field struct {
	name     string // canonical
	line     []byte // as it goes on the wire
	personal bool   // a credential: it stays within its origin
}

// newDefaults renders the session's fields: ours, and on top those of the user.
func newDefaults(header http.Header) (defaults, error) {
	all := http.Header{
		"User-Agent":      {"aiohttp-go/" + Version},
		"Accept":          {"*/*"},
		"Accept-Encoding": {coding.Accept},
	}
	for name, values := range header {
		all[textproto.CanonicalMIMEHeaderKey(name)] = values
	}
	var d defaults
	for _, name := range sortedKeys(all) {
		if framingField(name) {
			return defaults{}, fmt.Errorf("header field %q is set by the connector and cannot be a default", name)
		}
		for _, value := range all[name] {
			line, err := appendField(nil, name, value)
			if err != nil {
				return defaults{}, err
			}
			d.fields = append(d.fields, field{name, line, personal(name)})
			d.block = append(d.block, line...)
		}
	}
	return d, nil
}

func sortedKeys(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// framingField reports whether a field is the engine's own to set.
func framingField(canonical string) bool {
	switch canonical {
	case "Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Te", "Upgrade", "Expect", "Host":
		return true
	}
	return false
}

// personal reports whether a field is a credential, which must not cross from
// one origin to another.
func personal(canonical string) bool {
	switch canonical {
	case "Authorization", "Cookie", "Cookie2", "Proxy-Authorization", "Www-Authenticate", "Proxy-Authenticate":
		return true
	}
	return false
}

// append renders the defaults. Fields that the request itself sets are left
// out, and on a foreign origin the credentials are.
func (d *defaults) append(dst []byte, own http.Header, foreign bool) []byte {
	if len(own) == 0 && !foreign {
		return append(dst, d.block...)
	}
	for _, f := range d.fields {
		if foreign && f.personal || overridden(own, f.name) {
			continue
		}
		dst = append(dst, f.line...)
	}
	return dst
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
