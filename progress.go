package aiohttp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// errTrailerAlone refuses trailers that stand behind nothing.
var errTrailerAlone = errors.New("request with a Trailer and no body")

// checkTrailer refuses fields that must not stand in a trailer section.
func (h *hop) checkTrailer() error {
	if len(h.req.Trailer) > 0 && len(h.body.payload) == 0 && h.body.reader == nil {
		return errTrailerAlone
	}
	for name := range h.req.Trailer {
		if !http1.ValidToken(name) || http1.ForbiddenTrailer(strings.ToLower(name)) || secret.Field(textproto.CanonicalMIMEHeaderKey(name)) {
			return fmt.Errorf("header field %q does not belong in a Trailer", name)
		}
	}
	return nil
}

// attend applies what has to stand beside a body as it is sent: trailers, and
// someone who is told of its progress.
func (h *hop) attend(call *connector.Call) {
	if call.Body == nil {
		payload := call.Payload
		if len(payload) == 0 {
			return
		}
		call.Payload, call.Body, call.Length = nil, bytes.NewReader(payload), int64(len(payload))
		call.Rewind = func() (io.Reader, error) { return bytes.NewReader(payload), nil }
	}
	total := call.Length
	if len(h.req.Trailer) > 0 {
		call.Trailer, call.Length = h.req.Trailer, -1
	}
	told := h.req.OnUpload
	if told == nil {
		return
	}
	call.Body = &watchedBody{call.Body, progress{told, 0}, total}
	if again := call.Rewind; again != nil {
		call.Rewind = func() (io.Reader, error) {
			body, err := again()
			if err != nil {
				return nil, err
			}
			return &watchedBody{body, progress{told, 0}, total}, nil
		}
	}
}

// progress tells someone how far a body is.
type progress struct {
	told func(done, total int64)
	done int64
}

// add tells of n more bytes.
func (p *progress) add(n int, total int64) {
	if n > 0 {
		p.done += int64(n)
		p.told(p.done, total)
	}
}

// watchedBody is a request's body whose progress is told.
type watchedBody struct {
	src      io.Reader
	progress progress
	total    int64
}

func (w *watchedBody) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	w.progress.add(n, w.total)
	return n, err
}

// Close closes the body, where it can be closed.
func (w *watchedBody) Close() error {
	if c, ok := w.src.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
