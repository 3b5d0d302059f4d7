package connector

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// From makes the reply, which must be new, that of a response which came by
// another way than [Connector.Do]: from a cache, a recording, a test. The body is
// read from resp.Body, which is closed with the reply or at its end, and must be
// as long as resp.ContentLength says where that is positive; zero with a body
// is taken for a length that is not known, as in responses that programs make.
// Fields that could not have come over a connection are left out.
func (r *Reply) From(resp *http.Response) {
	r.Status, r.Minor, r.Length = resp.StatusCode, 1, resp.ContentLength
	if resp.TLS != nil {
		r.peer = &peer{tls: resp.TLS}
	}
	if resp.ProtoMajor == 1 && resp.ProtoMinor == 0 {
		r.Minor = 0
	}
	_, reason, _ := strings.Cut(resp.Status, " ")
	if reason == "" || !http1.ValidValue(reason) {
		reason = http.StatusText(resp.StatusCode)
	}
	r.head = fmt.Appendf(nil, "HTTP/1.%d %03d %s\r\n", r.Minor, r.Status, reason)
	r.line = int32(len(r.head))
	names := make([]string, 0, len(resp.Header))
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range resp.Header[name] {
			r.appendField(name, http1.TrimOWS(value))
		}
	}
	r.head = append(r.head, "\r\n"...)
	r.stream(resp)
}

func (r *Reply) appendField(name, value string) {
	if !http1.ValidToken(name) || !http1.ValidValue(value) {
		return
	}
	r.head = http1.AppendField(r.head, name, value)
	r.SetsCookie = r.SetsCookie || http1.EqualFold(name, "set-cookie")
	r.Coded = r.Coded || http1.EqualFold(name, "content-encoding")
}

// stream lets the body be read from the response's.
func (r *Reply) stream(resp *http.Response) {
	if resp.Body == nil || resp.Body == http.NoBody {
		r.err = io.EOF
		return
	}
	r.extend().source = resp.Body
	r.own.Reset(resp.Body)
	if resp.ContentLength > 0 {
		r.body.Reset(&r.own, http1.Length, resp.ContentLength, nil)
		return
	}
	r.Length = -1
	r.body.Reset(&r.own, http1.UntilClose, 0, nil)
}

// Over reports whether the reply needs its connection, or whatever else its body
// comes from, no more.
func (r *Reply) Over() bool {
	if !r.bound && r.more == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conn == nil && (r.more == nil || r.more.source == nil)
}

// closeSource closes what a reply is read from that is no connection, once.
func (r *Reply) closeSource() {
	if r.more == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.more.source != nil {
		r.more.source.Close()
		r.more.source = nil
	}
}
