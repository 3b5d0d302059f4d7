package connector

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

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

type said struct {
	agent, authorized bool
	te, connection    []string
}

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
