package aiohttp

import (
	"io"
	"net/http"
	"net/url"
)

// HTTP gives the response as one of net/http's. Its body is this response's:
// the two must not be read both. For status 101 it is the connection itself, an
// io.ReadWriteCloser. Its Request tells method and URL only.
func (r *Response) HTTP() *http.Response {
	box := new(httpBox)
	resp := &box.resp
	if r.header != nil {
		resp.Header = r.header.Clone()
	} else {
		resp.Header = r.reply.Header(box.values[:])
	}
	r.reply.Describe(resp)
	resp.Status, resp.ContentLength, resp.Uncompressed = r.reply.StatusText(), r.ContentLength, r.decoder != nil
	box.req = http.Request{Method: r.method, URL: r.place.parseInto(&box.url), Host: r.place.host}
	resp.Request = &box.req
	if r.decoder != nil {
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
	}
	box.body = httpBody{r, resp}
	resp.Body = &box.body
	if r.Status == http.StatusSwitchingProtocols {
		if conn := r.reply.Upgraded(); conn != nil {
			resp.Body = conn
		}
	}
	return resp
}

// httpBox is what a response of net/http's consists of, in one allocation.
type httpBox struct {
	resp   http.Response
	req    http.Request
	url    url.URL
	body   httpBody
	values [10]string // of the header
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
	if b.trailed() {
		b.resp.Trailer = b.Trailers()
	}
}
