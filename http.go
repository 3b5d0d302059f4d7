package aiohttp

import (
	"io"
	"net/http"
)

// HTTP gives the response as one of net/http's. Its body is this response's:
// the two must not be read both. For status 101, where the request had an Upgrade
// field, it is the connection itself, an io.ReadWriteCloser. Its Request tells
// method and URL only.
func (r *Response) HTTP() *http.Response {
	box := new(httpBox)
	resp := &box.resp
	box.req = http.Request{Method: r.method, URL: r.URL(), Host: r.place.host}
	*resp = http.Response{
		Status: r.reply.StatusText(), StatusCode: r.Status,
		Proto: r.Proto(), ProtoMajor: 1, ProtoMinor: int(r.reply.Minor),
		ContentLength: r.ContentLength, Uncompressed: r.decoder != nil, TLS: r.reply.TLS(), Request: &box.req,
	}
	if r.header == nil {
		resp.Header = r.reply.Fields().Header(box.values[:], nil)
	} else {
		resp.Header = r.header.Clone()
	}
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
	body   httpBody
	values [12]string // of the header
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
