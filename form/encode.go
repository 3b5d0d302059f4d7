package form

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"mime"
	"path/filepath"
	"slices"
	"strings"
)

// Encode gives the form as it is sent. Nothing is opened yet, but what can be
// wrong with a part is found here: a file that does not exist, a header field
// with a line break in it. The body must be closed.
func (f *Form) Encode() (*Body, error) {
	if !f.isMultipart() {
		text, err := f.urlEncoded()
		if err != nil {
			return nil, fmt.Errorf("encoding form: %w", err)
		}
		return newBody(urlEncodedType, []segment{{data: text}}, int64(len(text))), nil
	}
	var e encoder
	contentType, err := e.start(f, "form-data")
	if err == nil {
		err = e.form(f)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding form: %w", err)
	}
	e.flush()
	return newBody(contentType, e.segments, e.length), nil
}

// encoder lays out a multipart body as segments, text in memory and sources.
type encoder struct {
	segments []segment
	text     []byte // the segment being written
	length   int64  // -1 when it is not known
	levels   []level
}

// level is a form being laid out.
type level struct {
	form     *Form
	boundary string
	formData bool
}

// start enters f and gives its Content-Type.
func (e *encoder) start(f *Form, standard string) (string, error) {
	for _, l := range e.levels {
		if l.form == f {
			return "", errors.New("form is nested in itself")
		}
	}
	subtype := strings.ToLower(f.Subtype)
	if subtype == "" {
		subtype = standard
	}
	if !isToken(subtype) {
		return "", fmt.Errorf("subtype %q is no token", f.Subtype)
	}
	boundary := f.Boundary
	if boundary == "" {
		boundary = "form-" + rand.Text()
	}
	if !isBoundary(boundary) {
		return "", fmt.Errorf("boundary %q: want 1 to %d letters, digits and '()+_,-./:=? with no space at the end",
			boundary, maxBoundaryBytes)
	}
	for _, l := range e.levels {
		// By RFC 2046 a line that begins as the outer delimiter would be one.
		if strings.HasPrefix(boundary, l.boundary) {
			return "", fmt.Errorf("boundary %q begins as that of the form around it", boundary)
		}
	}
	e.levels = append(e.levels, level{f, boundary, subtype == "form-data"})
	parameter := boundary
	if !isToken(boundary) {
		parameter = `"` + boundary + `"`
	}
	return "multipart/" + subtype + "; boundary=" + parameter, nil
}

// form lays out the form that was entered last, and leaves it.
func (e *encoder) form(f *Form) error {
	at := e.levels[len(e.levels)-1]
	for i := range f.parts {
		p := &f.parts[i]
		if err := p.check(); err != nil {
			return fmt.Errorf("part %q: %w", p.Name, err)
		}
		e.add("--" + at.boundary + "\r\n")
		if err := e.part(p, at); err != nil {
			return fmt.Errorf("part %q: %w", p.Name, err)
		}
		e.add("\r\n")
	}
	e.add("--" + at.boundary + "--\r\n")
	e.levels = e.levels[:len(e.levels)-1]
	return nil
}

func (e *encoder) part(p *Part, at level) error {
	contentType := p.ContentType
	if p.Form != nil {
		own, err := e.start(p.Form, "mixed")
		if err != nil {
			return err
		}
		if contentType == "" {
			contentType = own
		}
	}
	if err := e.head(p, at, contentType); err != nil {
		return err
	}
	switch {
	case p.Form != nil:
		return e.form(p.Form)
	case p.Bytes != nil:
		e.bytes(p.Bytes)
	case p.Path != "" || p.Open != nil || p.Reader != nil:
		src, err := p.source()
		if err != nil {
			return err
		}
		e.source(src)
	default:
		e.add(p.Value)
	}
	return nil
}

// check refuses parts with more than one content, or none that was meant.
func (p *Part) check() error {
	if p.err != nil {
		return p.err
	}
	var given []string
	for _, way := range [...]struct {
		name string
		set  bool
	}{
		{"Value", p.Value != ""}, {"Bytes", p.Bytes != nil}, {"Path", p.Path != ""},
		{"Open", p.Open != nil}, {"Reader", p.Reader != nil}, {"Form", p.Form != nil},
	} {
		if way.set {
			given = append(given, way.name)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("more than one content: %s", strings.Join(given, " and "))
	}
	if p.Form != nil && p.ContentType != "" {
		return errors.New("ContentType of a nested form: its Subtype says it")
	}
	return nil
}

// head lays out a part's header and the blank line.
func (e *encoder) head(p *Part, at level, contentType string) error {
	disposition := Disposition{Type: "attachment", Params: map[string]string{}}
	fileName := p.fileName()
	if fileName != "" {
		disposition.Params["filename"] = fileName
	}
	if at.formData {
		// "Each part MUST contain a Content-Disposition header field [RFC2183] where
		// the disposition type is "form-data". The Content-Disposition header field
		// MUST also contain an additional parameter of "name""
		// https://www.rfc-editor.org/rfc/rfc7578#section-4.2
		disposition.Type = "form-data"
		disposition.Params["name"] = p.Name
	} else if p.Name != "" {
		disposition.Params["name"] = p.Name
	}
	disposed := len(disposition.Params) > 0
	if disposed {
		e.add("Content-Disposition: " + disposition.String() + "\r\n")
	}
	if contentType == "" && fileName != "" && !p.has("Content-Type") {
		contentType = typeOf(fileName)
	}
	if !isFieldValue(contentType) {
		return fmt.Errorf("content type %q has control characters", contentType)
	}
	if contentType != "" {
		e.add("Content-Type: " + contentType + "\r\n")
	}
	for _, key := range slices.Sorted(maps.Keys(p.Header)) {
		switch {
		case !isToken(key):
			return fmt.Errorf("header field name %q is no token", key)
		case disposed && strings.EqualFold(key, "Content-Disposition"),
			contentType != "" && strings.EqualFold(key, "Content-Type"):
			return fmt.Errorf("header field %s is given twice", key)
		}
		for _, value := range p.Header[key] {
			if !isFieldValue(value) {
				return fmt.Errorf("header field %s: value %q has control characters", key, value)
			}
			e.add(key + ": " + value + "\r\n")
		}
	}
	e.add("\r\n")
	return nil
}

// has reports whether Header has a field of that name, in any case.
func (p *Part) has(name string) bool {
	for key := range p.Header {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// typeOf gives the media type of a file by its name.
//
// "If the contents of a file are to be sent, the file data SHOULD be labeled with
// an appropriate media type, if known, or "application/octet-stream"."
// https://www.rfc-editor.org/rfc/rfc7578#section-4.4
func typeOf(fileName string) string {
	if t := mime.TypeByExtension(filepath.Ext(fileName)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (e *encoder) add(s string) {
	e.text = append(e.text, s...)
	e.count(int64(len(s)))
}

// bytes adds content of the caller, without a copy when that is worth it.
func (e *encoder) bytes(content []byte) {
	const small = 4 << 10 // one more write costs about as much as copying this
	if len(content) <= small {
		e.text = append(e.text, content...)
	} else {
		e.flush()
		e.segments = append(e.segments, segment{data: content})
	}
	e.count(int64(len(content)))
}

func (e *encoder) source(src *source) {
	e.flush()
	e.segments = append(e.segments, segment{src: src})
	e.count(src.size)
}

// flush ends the segment of text.
func (e *encoder) flush() {
	if len(e.text) > 0 {
		e.segments = append(e.segments, segment{data: e.text})
		e.text = nil
	}
}

// count adds to the length; n is negative when it is not known.
func (e *encoder) count(n int64) {
	if n < 0 || e.length < 0 {
		e.length = -1
		return
	}
	e.length += n
}
