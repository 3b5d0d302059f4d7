package play

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

const (
	plainHost  = "127.0.0.1"
	clientHost = "kit.test" // where redirects and cookies make the name matter
)

// host gives the name that a vector's requests go to, unless it says another.
func host(v *vector.Client) string {
	if v.Via == "client" {
		return clientHost
	}
	return plainHost
}

// newRequest makes the request of a vector, without net/http's own checks.
func newRequest(ctx context.Context, v *vector.Client, port string) (*http.Request, error) {
	u, err := requestURL(v, port)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{
		Method: v.Method, URL: u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if v.Request.Method != "" {
		req.Method = v.Request.Method
	}
	if v.Request.Host != "" {
		req.Host = v.Request.Host
	}
	for _, field := range v.Request.Headers {
		name := textproto.CanonicalMIMEHeaderKey(vector.Octets(field[0]))
		req.Header[name] = append(req.Header[name], vector.Octets(field[1]))
	}
	setBody(req, v.Request)
	return req, nil
}

func requestURL(v *vector.Client, port string) (*url.URL, error) {
	name, path := host(v), "/"
	if v.Request.URLHost != "" {
		name = v.Request.URLHost
	}
	if v.Request.Path != nil {
		path = *v.Request.Path
	}
	u, err := url.Parse("http://" + name + ":" + port + path)
	if err != nil {
		return nil, err
	}
	if v.Request.URLPath != nil {
		u.Path, u.RawPath = *v.Request.URLPath, ""
	}
	if user, password, ok := strings.Cut(v.Request.Userinfo, ":"); ok {
		u.User = url.UserPassword(user, password)
	}
	return u, nil
}

func setBody(req *http.Request, special *vector.Request) {
	switch {
	case special.BodyLen > 0:
		req.Body = io.NopCloser(io.LimitReader(pattern{}, int64(special.BodyLen)))
		req.ContentLength = int64(special.BodyLen)
	case special.BodyMode == "declared":
		req.Body = io.NopCloser(bytes.NewBuffer(special.Body))
		req.ContentLength = special.DeclaredLen
	case special.Body != nil:
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(special.Body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(special.Body))
	}
}

// pattern is an endless body.
type pattern struct{}

func (pattern) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
