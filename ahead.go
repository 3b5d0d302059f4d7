package aiohttp

import (
	"io"
	"net/http"
	"slices"
)

// ReadAhead reads the body in advance, up to limit bytes of it, decompressed, so
// that a failure shows before the response is passed on. It is for middleware that
// can do something about it. What was read is kept, and given first by whatever
// reads the body. It reports whether that is all of the body; false without an
// error is a longer one, of which nothing is read when its length is known before.
// After an error the response is of no use any more, and has to be closed.
//
// It waits for limit bytes or the end: what comes bit by bit, as events do, is
// held up.
func (r *Response) ReadAhead(limit int64) (whole bool, err error) {
	switch {
	case r.held, r.bodiless(), r.ContentLength == 0:
		return true, r.failed()
	case r.Status == http.StatusSwitchingProtocols, limit <= 0, r.ContentLength > limit, int64(len(r.content)) > limit:
		return false, nil
	}
	content := make([]byte, 0, min(max(r.ContentLength, 512), limit, atOnceBytes)+1)
	defer func() { r.content = content }()
	for {
		// One more than the limit, to find an end that comes there.
		if content = slices.Grow(content, 1); int64(cap(content)) > limit+1 {
			content = content[: len(content) : limit+1]
		}
		n, err := r.read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		if err == io.EOF {
			return true, nil
		}
		if err != nil && r.probe != nil {
			r.probe.end(err, false)
		}
		if err != nil || int64(len(content)) > limit {
			return false, err
		}
	}
}
