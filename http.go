package aiohttp

import (
	"io"
	"net/http"
	"strconv"
)

// HTTP gives the response as one of net/http's. Its body is this response's:
// the two must not be read both. For status 101 it is the connection itself, an
// io.ReadWriteCloser. Its Request tells method and URL only.
func (r *Response) HTTP() *http.Response {
	u := r.URL()
	resp := &http.Response{
		Status: strconv.Itoa(r.Status) + " " + r.Reason(), StatusCode: r.Status,
		Proto: r.Proto(), ProtoMajor: 1, ProtoMinor: r.reply.Minor,
		Header: r.Headers().Clone(), ContentLength: r.ContentLength,
		Uncompressed: r.decoder != nil, TLS: r.reply.TLS,
		Request: &http.Request{Method: r.method, URL: u, Host: r.dest.host, Header: http.Header{}},
	}
	if r.decoder != nil {
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
	}
	resp.Body = &httpBody{r, resp}
	if r.Status == http.StatusSwitchingProtocols {
		if conn := r.reply.Upgraded(); conn != nil {
			resp.Body = conn
		}
	}
	return resp
}

// httpBody is a response's body, which at its end brings the trailers.
type httpBody struct {
	*Response
	resp *http.Response
}

func (b *httpBody) Read(p []byte) (int, error) {
	n, err := b.Response.Read(p)
	if err == io.EOF {
		b.trailer()
	}
	return n, err
}

func (b *httpBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Response.WriteTo(w)
	if err == nil {
		b.trailer()
	}
	return n, err
}

func (b *httpBody) trailer() {
	if t := b.Trailers(); len(t) > 0 {
		b.resp.Trailer = t
	}
}
