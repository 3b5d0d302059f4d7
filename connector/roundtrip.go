package connector

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

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

func onlyGzip(codings []string) bool {
	return len(codings) == 1 && (http1.EqualFold(codings[0], "gzip") || http1.EqualFold(codings[0], "x-gzip"))
}

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

func hostOf(req *http.Request) string {
	switch {
	case req.URL == nil:
		return ""
	case !http1.ValidHost(req.URL.Host):
		return strconv.Quote(req.URL.Host)
	}
	return req.URL.Host
}

func wantsGzip(req *http.Request) bool {
	return len(req.Header) == 0 && req.Method != "HEAD" ||
		req.Header.Get("Accept-Encoding") == "" && req.Header.Get("Range") == "" && req.Method != "HEAD"
}
