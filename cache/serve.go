package cache

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// serve makes a response of a stored one. It gives nothing, without an error, for
// a range that it leaves to the origin.
func (c *Cache) serve(req *http.Request, q *query, r *Record, member string, now time.Time) (*http.Response, error) {
	// One allocation for the response and the values of two fields.
	made := &struct {
		http.Response
		values [2]string
	}{http.Response{
		StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header.Clone(), Body: http.NoBody, ContentLength: r.BodyBytes,
		Uncompressed: r.Uncompressed, Request: req,
	}, [2]string{r.ageField(now), member}}
	resp := &made.Response
	// "When a stored response is used to satisfy a request without validation, a
	// cache MUST generate an Age header field (Section 5.1), replacing any present in
	// the response with a value equal to the stored response's current_age"
	// https://www.rfc-editor.org/rfc/rfc9111#section-4-4
	resp.Header["Age"] = made.values[0:1:1]
	resp.Header["Cache-Status"] = made.values[1:2:2] // stored fields have none
	part := whole
	switch {
	case r.Status != http.StatusOK: // conditions and ranges are for representations
	case q.conditional && notModified(q, r):
		makeNotModified(resp)
		return finish(resp), nil
	case q.ranged && !q.head:
		if part = readRange(q, r); part == elsewhere {
			return nil, nil
		}
	}
	if q.head || r.Body == "" {
		if q.head && r.Body != "" {
			resp.ContentLength = r.BodyBytes
		}
		return finish(resp), nil
	}
	content, err := c.store.Open(q.key, r)
	if err != nil {
		return nil, err
	}
	resp.Body = content
	if part != whole {
		makePartial(resp, part, r.BodyBytes, content)
	}
	return finish(resp), nil
}

// finish gives the response its status line.
func finish(resp *http.Response) *http.Response {
	if resp.StatusCode == http.StatusOK {
		resp.Status = "200 OK"
	} else {
		resp.Status = strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode)
	}
	return resp
}

// makeNotModified makes a response a 304 of itself.
//
// "a sender SHOULD NOT generate representation metadata other than the above listed
// fields unless said metadata exists for the purpose of guiding cache updates"
// https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5-4
func makeNotModified(resp *http.Response) {
	resp.StatusCode, resp.ContentLength = http.StatusNotModified, 0
	for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Type"} {
		delete(resp.Header, name)
	}
}

// makePartial makes a response a 206 of itself.
func makePartial(resp *http.Response, part span, total int64, content Content) {
	resp.StatusCode, resp.ContentLength = http.StatusPartialContent, part.length
	resp.Header["Content-Range"] = []string{part.contentRange(total)}
	resp.Header["Content-Length"] = []string{strconv.FormatInt(part.length, 10)}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(content, part.from, part.length), content}
}

// gatewayTimeout answers a request that wants nothing from the origin.
//
// "Caches that honor this request directive SHOULD, upon receiving it, respond with
// either a stored response consistent with the other constraints of the request or
// a 504 (Gateway Timeout) status code."
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7-1
func gatewayTimeout(req *http.Request) *http.Response {
	resp := &http.Response{
		StatusCode: http.StatusGatewayTimeout, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Length": {"0"}}, Body: http.NoBody, Request: req,
	}
	note(resp.Header, name+"; detail=only-if-cached")
	return finish(resp)
}
