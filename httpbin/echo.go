package httpbin

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strconv"
)

// echo is a request told back in the shape of go-httpbin's /get. We have our
// own because the one of go-httpbin panics where a body may not be written, as
// in an answer to HEAD.
type echo struct {
	Args    url.Values  `json:"args"`
	Headers http.Header `json:"headers"`
	Method  string      `json:"method"`
	Origin  string      `json:"origin"`
	URL     string      `json:"url"`
	Brotli  bool        `json:"brotli,omitempty"`
	Zstd    bool        `json:"zstd,omitempty"`
}

func newEcho(r *http.Request) echo {
	hdr := r.Header.Clone()
	hdr.Set("Host", r.Host)
	origin, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		origin = r.RemoteAddr // a handler under test, or a Unix socket
	}
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return echo{Args: r.URL.Query(), Headers: hdr, Method: r.Method, Origin: origin, URL: u.String()}
}

// write answers with e, encoded as the Content-Encoding coding if that is not
// empty.
func (e echo) write(w http.ResponseWriter, coding string, encode func(dst, src []byte) []byte) {
	body, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body = append(body, '\n')
	if coding != "" {
		body = encode(nil, body)
		w.Header().Set("Content-Encoding", coding)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// Fails only if the client is gone, who cannot be told, or for HEAD.
	_, _ = w.Write(body)
}
