package connector

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// proxyWords bounds the wait for the body of a proxy's refusal, of which a part
// goes into the error. The status stands already, so it is not waited for long.
const proxyWords = 200 * time.Millisecond

// proxyBody is how much of it is kept: enough for a sentence in a page of HTML.
const proxyBody = 1 << 10

// errProxyChatter is what came behind a success, which nobody has asked for yet:
// TLS and HTTP are begun by the client.
//
// RFC 9110, section 9.3.6: "Any 2xx (Successful) response indicates that the
// sender (and all inbound proxies) will switch to tunnel mode immediately after
// the response header section; data received after that header section is from
// the server identified by the request target."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-7
var errProxyChatter = errors.New("data behind the proxy's answer to CONNECT, before anything was sent through the tunnel")

// errProxyMute is the end of the connection in the place of an answer.
var errProxyMute = cutError("proxy closed the connection without answering")

// appendConnect renders the request for a tunnel.
//
// RFC 9112, section 3.2.3: "a client MUST send only the host and port of the tunnel
// destination as the request-target."
// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.3-3
func (s *proxyServer) appendConnect(dst []byte, target string) []byte {
	dst = http1.AppendRequestLine(dst, "CONNECT", target)
	dst = http1.AppendField(dst, "Host", target)
	if !s.agent {
		dst = http1.AppendField(dst, "User-Agent", "aiohttp-go/"+Version)
	}
	dst = append(dst, s.fields...)
	return append(dst, "\r\n"...)
}

// connect asks an HTTP proxy for a tunnel to target. It works under the deadlines
// of whoever called it.
func (c *Connector) connect(cn *conn, s *proxyServer, target string) error {
	if _, err := cn.top.Write(s.appendConnect(nil, target)); err != nil {
		return err
	}
	for interims := 0; ; interims++ {
		// Told of CONNECT, the head takes a success whatever its framing says.
		//
		// RFC 9110, section 9.3.6: "A client MUST ignore any Content-Length or
		// Transfer-Encoding header fields received in a successful response to
		// CONNECT."
		// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-12
		h := http1.ResponseHead{Method: "CONNECT"}
		switch err := cn.rd.ReadResponseHead(&h, &c.limits); {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return errProxyMute
		case err != nil:
			return err
		case h.Status < 200 && h.Status != 101:
			if interims >= c.interim {
				return errTooManyInterim
			}
			continue
		case h.Status < 200 || h.Status > 299:
			return c.refusal(cn, s, target, &h)
		case len(cn.rd.Buffered()) > 0:
			return errProxyChatter
		}
		cn.rd.Release()
		return nil
	}
}

// refusal makes the error of an answer that is no success.
func (c *Connector) refusal(cn *conn, s *proxyServer, target string, h *http1.ResponseHead) error {
	e := &ProxyError{Proxy: s.name, Target: target, Status: h.Status, Reason: string(h.Reason), Header: h.Fields.Header(nil, nil)}
	if e.Reason == "" {
		e.Reason = http.StatusText(h.Status)
	}
	kind, length := h.BodyOf("CONNECT")
	var body http1.Body
	body.Reset(&cn.rd, kind, length, &c.limits)
	cn.wire.begin(&cn.wire.reads, proxyWords, "")
	e.Body, _ = io.ReadAll(io.LimitReader(&body, proxyBody)) // what has come
	return e
}
