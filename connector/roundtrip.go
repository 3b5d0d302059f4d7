package connector

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// RoundTrip sends one request and returns its response, as http.RoundTripper
// asks: no redirects, no cookies, any status is a success. Like http.Transport
// it asks for gzip on its own, unless Options.DisableCompression is set or the
// request says something about it, and then decodes the body. Failures are of
// type [*Error].
func (c *Connector) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	p := prepared.Get().(*preparation)
	defer p.recycle()
	call := &p.call
	err := c.prepare(call, req, p.head[:0])
	through := feedsTunnel(call.Method, req)
	if err == nil && !through {
		err = c.setBody(call, req)
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, &Error{Phase: PhasePrepare, Host: hostOf(req), Err: err}
	}
	gzipped := !c.opts.DisableCompression && wantsGzip(req)
	if gzipped {
		call.Head = append(call.Head, "Accept-Encoding: gzip\r\n"...)
	}
	p.head = call.Head[:0]
	box := new(responseBox)
	call.box = box
	ctx, box.body.release = c.cancelable(ctx, req)
	if err := c.Do(ctx, call, &box.reply); err != nil {
		box.body.done()
		if through {
			req.Body.Close()
		}
		return nil, err
	}
	resp := box.fill(req)
	if resp.StatusCode == http.StatusSwitchingProtocols && !call.Tunnel {
		c.govern(req.Context(), resp)
	}
	if through {
		if err := c.feed(resp, req); err != nil {
			resp.Body.Close()
			return nil, &Error{Phase: PhaseWrite, Host: call.Host, Sent: true, Err: err}
		}
	}
	content := resp.Body != http.NoBody && !switched(call.Method, resp.StatusCode)
	if gzipped && content && box.reply.Coded && onlyGzip(resp.Header["Content-Encoding"]) {
		resp.Body = &gunzip{src: resp.Body}
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
		resp.Uncompressed = true
	}
	return resp, nil
}

// onlyGzip reports whether gzip is all that lies on a body. Two lines are a list of
// codings, of which the last is the outermost.
//
// RFC 9110, section 8.4: "If one or more encodings have been applied to a
// representation, the sender that applied the encodings MUST generate a
// Content-Encoding header field that lists the content codings in the order in
// which they were applied." Section 8.4.1.3: "A recipient SHOULD consider "x-gzip" to
// be equivalent to "gzip"."
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4-6
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3-1
func onlyGzip(codings []string) bool {
	return len(codings) == 1 && (http1.EqualFold(codings[0], "gzip") || http1.EqualFold(codings[0], "x-gzip"))
}

// preparation is a call and the buffer of its head. They are reused.
type preparation struct {
	call Call
	head []byte
}

var prepared = sync.Pool{New: func() any { return &preparation{head: make([]byte, 0, 512)} }}

func (p *preparation) recycle() {
	p.head = p.head[:0]
	if cap(p.head) > 64<<10 {
		p.head = nil
	}
	if call := &p.call; call.hasBody() {
		call.Reset()
	} else { // word by word, as exchange.clear
		call.Method, call.Host, call.Head, call.box = "", "", nil, nil
		call.TLS, call.Tunnel, call.Close, call.Expect100, call.Repeatable = false, false, false, false, false
		call.Length = 0
	}
	prepared.Put(p)
}

// hostOf gives the host of a request that was refused, for its error's text.
func hostOf(req *http.Request) string {
	switch {
	case req.URL == nil:
		return ""
	case !http1.ValidHost(req.URL.Host):
		return strconv.Quote(req.URL.Host)
	}
	return req.URL.Host
}

// wantsGzip reports whether gzip may be asked for behind the caller's back.
func wantsGzip(req *http.Request) bool {
	return len(req.Header) == 0 && req.Method != "HEAD" ||
		req.Header.Get("Accept-Encoding") == "" && req.Header.Get("Range") == "" && req.Method != "HEAD"
}

// prepare checks a request, before a connection is asked for, and renders it.
func (c *Connector) prepare(call *Call, req *http.Request, head []byte) error {
	u := req.URL
	if u == nil {
		return errors.New("request without a URL")
	}
	if req.Header == nil {
		return errors.New("request with a nil Header")
	}
	call.Method = req.Method
	if call.Method == "" {
		call.Method = "GET"
	}
	if !http1.ValidToken(call.Method) {
		return fmt.Errorf("invalid method %q", req.Method)
	}
	to, err := c.place(u)
	if err != nil {
		return err
	}
	call.Host, call.TLS = to.addr, to.secure
	host := to.field
	if req.Host != "" && req.Host != u.Host {
		if host, err = hostField(req.Host); err != nil {
			return err
		}
	}
	if head, err = appendRequestLine(head, call.Method, u, host); err != nil {
		return err
	}
	call.Head = http1.AppendField(head, "Host", host)
	return appendHeader(call, req)
}

// place is where a URL leads, as it was found out for the last request: the next
// one often goes to the same host.
type place struct {
	scheme, host string // of the URL
	addr         string
	secure       bool
	field        string // the value of the Host field
}

// place gives where a URL leads.
func (c *Connector) place(u *url.URL) (*place, error) {
	if last := c.last.Load(); last != nil && last.host == u.Host && last.scheme == u.Scheme && u.Opaque == "" {
		return last, nil
	}
	addr, secure, err := Address(u)
	if err != nil {
		return nil, err
	}
	field, err := hostField(u.Host)
	if err != nil {
		return nil, err
	}
	to := &place{u.Scheme, u.Host, addr, secure, field}
	c.last.Store(to)
	return to, nil
}

// Address gives the "name:port" that a URL leads to, in lower case, and
// whether the connection is to be secured.
func Address(u *url.URL) (addr string, secure bool, err error) {
	var port string
	switch strings.ToLower(u.Scheme) {
	case "http":
		port = "80"
	case "https":
		port, secure = "443", true
	case "":
		return "", false, errors.New("URL without a scheme")
	default:
		if port, _, _ := strings.Cut(u.Opaque, "/"); port != "" && strings.Trim(port, "0123456789") == "" {
			// "localhost:8080/x" is a URL of the scheme "localhost"
			return "", false, fmt.Errorf("unsupported scheme %q; a host and port need \"http://\" or \"https://\" before them", u.Scheme)
		}
		return "", false, fmt.Errorf("unsupported scheme %q", u.Scheme)
	}
	host := u.Host
	if u.Opaque != "" && host == "" || host == "" || host[0] == ':' {
		return "", false, errors.New("URL without a host")
	}
	name, given := u.Hostname(), u.Port()
	if given != "" {
		port = given
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", false, fmt.Errorf("invalid port %q", port)
	}
	if err := checkName(name); err != nil {
		return "", false, err
	}
	ascii, err := asciiName(name)
	if err != nil {
		return "", false, err
	}
	if given != "" && ascii == name && len(host) == len(name)+1+len(port) {
		return host, secure, nil // as it stands, without an allocation
	}
	if strings.IndexByte(ascii, ':') >= 0 {
		ascii = "[" + ascii + "]"
	}
	return ascii + ":" + port, secure, nil
}

// appendHeader renders the fields of a request.
func appendHeader(call *Call, req *http.Request) error {
	var s said
	for name, values := range req.Header {
		// Whatever way a name is spelt: two lines that frame one body must not
		// come to be.
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "User-Agent":
			s.agent = true
			if len(values) == 0 || values[0] == "" {
				continue
			}
			// RFC 9110, section 5.3: "a sender MUST NOT generate multiple field
			// lines with the same name in a message [...] unless that field's
			// definition allows multiple field line values to be recombined as a
			// comma-separated list". That of User-Agent does not.
			// https://www.rfc-editor.org/rfc/rfc9110#section-5.3-3
			values = values[:1]
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
			continue // said by the request's own fields
		case "Authorization":
			s.authorized = true
		case "Upgrade":
			call.Tunnel = true
		case "Te":
			s.te = values
		case "Connection":
			s.connection = values
			if options := strings.Join(values, ","); http1.HasOption(options, "close") {
				call.Close = true
				if options = http1.WithoutOption(options, "close"); options == "" {
					continue
				}
				values = []string{options}
			}
		case "Expect":
			if len(values) == 1 && http1.EqualFold(values[0], "100-continue") {
				call.Expect100 = true
				continue
			}
		case "Idempotency-Key", "X-Idempotency-Key":
			call.Repeatable = true
		}
		if !http1.ValidToken(name) {
			return fmt.Errorf("invalid name of header field %q", name)
		}
		for _, v := range values {
			v = http1.TrimOWS(v)
			if !http1.ValidValue(v) {
				return fmt.Errorf("value of header field %q has a control character", name)
			}
			call.Head = http1.AppendField(call.Head, name, v)
		}
	}
	return s.appendRest(call, req)
}

// said is what the header of a request has, as far as more hangs on it.
type said struct {
	agent, authorized bool
	te, connection    []string
}

// appendRest renders what a header leaves to us.
func (s *said) appendRest(call *Call, req *http.Request) error {
	unnamed, err := http1.CheckTE(s.te, s.connection)
	if unnamed {
		call.Head = append(call.Head, "Connection: TE\r\n"...)
	}
	if !s.agent {
		call.Head = append(call.Head, "User-Agent: aiohttp-go/"+Version+"\r\n"...)
	}
	if u := req.URL.User; u != nil && !s.authorized {
		call.Head = http1.AppendField(call.Head, "Authorization", BasicAuth(u))
	}
	call.Close = call.Close || req.Close
	call.Repeatable = call.Repeatable || IdempotentMethod(call.Method)
	return err
}

// setBody says where the body comes from.
func (c *Connector) setBody(call *Call, req *http.Request) error {
	if err := checkTrailer(req.Trailer); err != nil {
		return err
	}
	if req.Body == nil && req.ContentLength != 0 {
		return fmt.Errorf("request with a Content-Length of %d and no body", req.ContentLength)
	}
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	if req.GetBody != nil && req.ContentLength > 0 && req.ContentLength <= inlinePayload && len(req.Trailer) == 0 {
		return readPayload(call, req)
	}
	call.Body, call.Length = req.Body, req.ContentLength
	if len(req.TransferEncoding) > 0 && req.TransferEncoding[len(req.TransferEncoding)-1] == "chunked" {
		call.Length = -1
	}
	if call.Length <= 0 {
		// ContentLength 0 with a Body means, for a client, that it is unknown.
		call.Length = -1
		if mostlyBodiless(call.Method) {
			if err := c.probe(call, req); err != nil || call.Body == nil {
				return err
			}
		}
	}
	if req.GetBody != nil {
		call.Rewind = func() (io.Reader, error) {
			body, err := req.GetBody()
			return body, err
		}
	}
	if len(req.Trailer) > 0 {
		call.Trailer = req.Trailer
		call.Length = -1
	}
	return nil
}

// readPayload reads a small body that can be had again, which is one that lies
// in memory, so that it goes out with the head in one write.
func readPayload(call *Call, req *http.Request) error {
	payload := make([]byte, req.ContentLength)
	n, err := io.ReadFull(req.Body, payload)
	if err != nil {
		return fmt.Errorf("request body ended after %d of %d bytes: %w", n, req.ContentLength, io.ErrUnexpectedEOF)
	}
	var more [1]byte
	if n, _ := req.Body.Read(more[:]); n > 0 {
		return fmt.Errorf("request body is longer than its Content-Length of %d", req.ContentLength)
	}
	call.Payload = payload
	return req.Body.Close()
}
