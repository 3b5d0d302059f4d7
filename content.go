package aiohttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/text"
)

// defaultMaxBodyBytes bounds what is held in memory of one body.
const defaultMaxBodyBytes = 64 << 20

// Bytes reads the whole body, or what was not yet read of it. It may be called
// again, as may Text and JSON: the content, or the error, is kept, and must not
// be changed. A body above Options.MaxBodyBytes gives [ErrBodyTooLarge].
func (r *Response) Bytes() ([]byte, error) {
	if !r.held {
		limit := r.limits().MaxBodyBytes
		if limit == 0 {
			limit = defaultMaxBodyBytes
		}
		content, err := r.readAll(limit)
		if err != nil {
			r.extend().failure = r.about(err)
		}
		r.content, r.held = content, true
		r.Close()
	}
	return r.content, r.failed()
}

// about puts method and URL in front of an error of the body, as a call does it with
// its own: who reads many responses wants to know of which one it is.
func (r *Response) about(err error) error {
	var ours *Error
	var named *url.Error
	if !errors.As(err, &ours) || errors.As(err, &named) {
		return err
	}
	return wrap(r.method, r.URL().String(), err)
}

// failed gives the error that stands in the place of a body in memory.
func (r *Response) failed() error {
	if more := r.more.Load(); more != nil {
		return more.failure
	}
	return nil
}

// readAll reads to the end of the body, which gives the connection back.
func (r *Response) readAll(limit int64) ([]byte, error) {
	known := r.ContentLength
	if r.bodiless() {
		known = 0
	}
	switch {
	case known == 0:
		return []byte{}, nil
	case limit >= 0 && known > limit:
		return nil, r.explain(fmt.Errorf("%w: %d bytes, the limit is %d", ErrBodyTooLarge, known, limit))
	}
	p := pieces{known: known}
	for {
		n, err := r.Read(p.room())
		p.took(n)
		if limit >= 0 && p.size > limit {
			return nil, r.explain(fmt.Errorf("%w: the limit is %d bytes", ErrBodyTooLarge, limit))
		}
		if err == io.EOF {
			return p.join(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// bodiless reports whether the response has no body, whatever its fields say.
//
// RFC 9110, section 6.4.1: "Responses to the HEAD request method ... never
// include content"; "All 1xx (Informational), 204 (No Content), and 304 (Not
// Modified) responses do not include content."
// https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1-6
// https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1-8
func (r *Response) bodiless() bool {
	return r.method == http.MethodHead || r.Status == http.StatusNoContent ||
		r.Status == http.StatusNotModified || r.Status < http.StatusOK
}

// JSON reads the whole body and decodes it into v, as encoding/json does. The
// Content-Type is not checked; when decoding fails the error names it and
// shows how the body begins, and is [ErrContentType] where it is none of JSON's.
func (r *Response) JSON(v any) error {
	content, err := r.Bytes()
	if err != nil {
		return err
	}
	content = bytes.TrimPrefix(content, []byte(text.ByteOrderMark))
	if err := json.Unmarshal(content, v); err != nil {
		const most = 40
		if !r.saysJSON() {
			err = kindError{err, ErrContentType}
		}
		return r.about(r.explain(fmt.Errorf("decoding JSON (Content-Type %q, status %d, body begins %q): %w",
			r.Header("Content-Type"), r.Status, content[:min(len(content), most)], err)))
	}
	return nil
}

// saysJSON reports whether the Content-Type is one of JSON's.
//
// RFC 6839, section 3.1: "The suffix "+json" MAY be used with any media type whose
// representation follows that established for "application/json"."
// https://www.rfc-editor.org/rfc/rfc6839#section-3.1
func (r *Response) saysJSON() bool {
	media := r.MediaType()
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// JSON reads the body of resp and decodes it into a new T; see [Response.JSON].
func JSON[T any](resp *Response) (T, error) {
	var v T
	err := resp.JSON(&v)
	return v, err
}
