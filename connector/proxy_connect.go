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
func (s *proxyServer) appendConnect(dst []byte, target string, p *proof) []byte {
	dst = http1.AppendRequestLine(dst, "CONNECT", target)
	dst = http1.AppendField(dst, "Host", target)
	if !s.agent {
		dst = http1.AppendField(dst, "User-Agent", "aiohttp-go/"+Version)
	}
	if s.auth {
		dst = s.prove(dst, p, &noBody, "CONNECT", []byte(target))
	}
	dst = append(dst, s.fields...)
	return append(dst, "\r\n"...)
}

// noBody is a call as CONNECT is one, for what is proved of its body.
var noBody Call

// connect asks an HTTP proxy for a tunnel to target, again where the proxy wants the
// user to be proved and leaves the connection open, and gives errProxyAsked where it
// does not. It works under the deadlines of whoever called it.
func (c *Connector) connect(cn *conn, s *proxyServer, target string, p *proof) error {
	for {
		if _, err := cn.top.Write(s.appendConnect(nil, target, p)); err != nil {
			return err
		}
		h := http1.ResponseHead{Method: "CONNECT"}
		err := c.readConnected(cn, &h)
		switch {
		case err != nil:
			return err
		case h.Status/100 == 2:
			if err := s.heed(p, h.Fields); err != nil {
				return err
			}
			cn.rd.Release()
			return nil
		}
		again, note := false, ""
		if h.Status == 407 && s.auth {
			again, note = s.learn(p, challenges(h.Fields), &noBody)
		}
		if !again || p.times == mostProofs {
			refusal := c.refusal(cn, s, target, "CONNECT", &h)
			refusal.note = note
			return refusal
		}
		p.times++
		if !c.drained(cn, "CONNECT", &h) {
			return errProxyAsked
		}
	}
}

// readConnected reads the head of the final answer to CONNECT.
func (c *Connector) readConnected(cn *conn, h *http1.ResponseHead) error {
	for interims := 0; ; interims++ {
		// Told of CONNECT, the head takes a success whatever its framing says.
		//
		// RFC 9110, section 9.3.6: "A client MUST ignore any Content-Length or
		// Transfer-Encoding header fields received in a successful response to
		// CONNECT."
		// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-12
		*h = http1.ResponseHead{Method: "CONNECT"}
		switch err := cn.rd.ReadResponseHead(h, &c.limits); {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return errProxyMute
		case err != nil:
			return err
		case h.Status < 200 && h.Status != 101:
			if interims >= c.interim {
				return errTooManyInterim
			}
			continue
		case h.Status/100 == 2 && len(cn.rd.Buffered()) > 0:
			return errProxyChatter
		}
		return nil
	}
}

// refusal makes the error of an answer that is no success.
func (c *Connector) refusal(cn *conn, s *proxyServer, target, method string, h *http1.ResponseHead) *ProxyError {
	e := &ProxyError{Proxy: s.name, Target: target, Status: h.Status, Reason: string(h.Reason), Header: h.Fields.Header(nil, nil)}
	if e.Reason == "" {
		e.Reason = http.StatusText(h.Status)
	}
	kind, length := h.BodyOf(method)
	var body http1.Body
	body.Reset(&cn.rd, kind, length, &c.limits)
	cn.wire.begin(&cn.wire.reads, proxyWords, "")
	e.Body, _ = io.ReadAll(io.LimitReader(&body, proxyBody)) // what has come
	return e
}
