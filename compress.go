package aiohttp

import (
	"bytes"
	"errors"
	"io"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

// errTwoCodings refuses a body of which nobody could say how it is coded.
var errTwoCodings = errors.New("request with both Compress and a Content-Encoding field")

// takeBody resolves the body of the hop's request.
func (h *hop) takeBody() error {
	if h.req.Compress != "" && (overridden(h.header, "Content-Encoding") || h.session.defaults.has("Content-Encoding")) {
		return errTwoCodings
	}
	if err := h.body.from(h.req); err != nil || h.req.Trailer == nil {
		return err
	}
	if err := h.checkTrailer(); err != nil {
		h.body.close()
		h.body.release()
		return err
	}
	return nil
}

// has reports whether the session sends a field.
func (d *defaults) has(canonical string) bool {
	for i := range d.fields {
		if d.fields[i].name == canonical {
			return true
		}
	}
	return false
}

// compress lays a coding on the body: at once on one that lies in memory and is
// small, else as it is sent.
func (b *body) compress(name string) error {
	if len(b.payload) == 0 && b.reader == nil {
		return nil
	}
	b.coding = name
	if b.reader == nil && len(b.payload) <= atOnceBytes {
		coded, err := coding.Encode(b.payload, name)
		b.payload = coded
		return err
	}
	if b.reader == nil {
		payload := b.payload
		b.payload, b.reader = nil, bytes.NewReader(payload)
		b.reopen = func() (io.Reader, error) { return bytes.NewReader(payload), nil }
	}
	encoder, err := coding.NewEncoder(b.reader, name)
	if err != nil {
		return err
	}
	plain := b.reopen
	b.reader, b.length = encoder, -1
	if plain != nil {
		b.reopen = func() (io.Reader, error) {
			src, err := plain()
			if err != nil {
				return nil, err
			}
			return coding.NewEncoder(src, name)
		}
	}
	return nil
}
