package httpbin

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// maxBombMebibytes keeps the time that a bomb costs us, about 3 ms a MiB, under
// a second.
const maxBombMebibytes = 256

// bomb answers with zeros that gzip has made a thousand times smaller, for a
// client to show its limits.
func (s *site) bomb(w http.ResponseWriter, r *http.Request) {
	n, err := parseCount(r.PathValue("mebibytes"), maxBombMebibytes)
	if err != nil {
		badRequest(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Encoding", "gzip")
	if r.Method == http.MethodHead {
		return
	}
	zw := gzip.NewWriter(w)
	zeros := make([]byte, 64<<10)
	for left := n << 20; left > 0; left -= int64(len(zeros)) {
		if _, err := zw.Write(zeros); err != nil {
			return // the client has seen enough
		}
	}
	// Fails only if the client is gone, who cannot be told.
	_ = zw.Close()
}

// truncate promises a body and closes the connection after half of it.
func (s *site) truncate(w http.ResponseWriter, r *http.Request) {
	n, err := parseCount(r.PathValue("bytes"), s.opts.MaxBodyBytes)
	if err != nil {
		badRequest(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.CopyN(w, &letters{ctx: r.Context(), size: n}, n/2); err == nil {
		// Without the flush the server would drop what it still buffers, and
		// the client would see no response at all. An error means that the
		// connection is closed already, which is the purpose.
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}

// earlyHints answers 103, then as /get.
//
// "The 103 (Early Hints) informational status code indicates to the client that
// the server is likely to send a final response with the header fields included
// in the informational response."
// https://www.rfc-editor.org/rfc/rfc8297#section-2
func (s *site) earlyHints(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Link", "</image/svg>; rel=preload; as=image")
	w.WriteHeader(http.StatusEarlyHints)
	newEcho(r).write(w, "", nil)
}

// parseCount parses a number of the path, from 0 to limit.
func parseCount(text string, limit int64) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > limit {
		return 0, fmt.Errorf("count %q: not a number from 0 to %d", text, limit)
	}
	return n, nil
}

func badRequest(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusBadRequest)
}
