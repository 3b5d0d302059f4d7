package echo

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Content gives size bytes that no other id has.
func Content(id string, size int) []byte {
	line := fmt.Appendf(nil, "%s %x\n", id, sha256.Sum256([]byte(id)))
	b := make([]byte, 0, size+len(line))
	for len(b) < size {
		b = append(b, line...)
	}
	return b[:size]
}

// Sum gives the checksum of a body as the fields X-Sum bear it.
func Sum(body []byte) string { return fmt.Sprintf("%x", sha256.Sum256(body)) }

// Site answers /ID?size=N with N bytes of [Content], in chunks with &chunked=1, and
// with the checksum of what it was sent in X-Sum. A body that is not what the
// request's own X-Sum says is answered with status 400.
func Site() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		sum := Sum(body)
		id, query := r.URL.Path[1:], r.URL.Query()
		w.Header().Set("X-Id", id)
		w.Header().Set("X-Sum", sum)
		if sum != r.Header.Get("X-Sum") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		size, err := strconv.Atoi(query.Get("size"))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer := Content("answer to "+id, size)
		if query.Get("chunked") == "" {
			w.Header().Set("Content-Length", strconv.Itoa(size))
			w.Write(answer)
			return
		}
		for len(answer) > 0 {
			n := min(len(answer), 1+size/5)
			if _, err := w.Write(answer[:n]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			answer = answer[n:]
		}
	})
}
