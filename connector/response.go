package connector

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// responseBox is a response, its reply and its body in one allocation.
type responseBox struct {
	resp   http.Response
	reply  Reply
	body   responseBody
	values [10]string // what the header's are kept in; with more of them there is another array
}

// take takes from the head what lies in the connection's buffer.
func (b *responseBox) take(x *exchange) {
	h, from := &x.head, x.conn.host
	b.resp.Status = statusText(h.Status, h.Reason)
	memo := from.memo()
	b.resp.Header = h.Fields.Header(b.values[:], memo)
	if memo.Repeats() {
		x.conn.rd.Keep(h, &x.c.limits) // for the next one
	}
	from.memos.Put(memo)
}

// memo gives what remembers the fields of the host's heads, to be put back.
func (h *host) memo() *http1.Memo {
	if memo, ok := h.memos.Get().(*http1.Memo); ok {
		return memo
	}
	return new(http1.Memo)
}

// Header makes a map of the fields. backing, when it has room for a value each, is
// where the values are kept; otherwise there is another array.
func (r *Reply) Header(backing []string) http.Header {
	if r.peer == nil || r.peer.host == nil {
		return r.Fields().Header(backing, nil)
	}
	memo := r.peer.host.memo()
	header := r.Fields().Header(backing, memo)
	r.peer.host.memos.Put(memo)
	return header
}

// chunkedCoding gives what http.Response.TransferEncoding says of the chunked coding,
// in the place of the field's values where that is the same.
func chunkedCoding(values []string) []string {
	if len(values) == 1 && values[0] == "chunked" {
		return values
	}
	return []string{"chunked"}
}

// fill makes the http.Response.
func (b *responseBox) fill(req *http.Request) *http.Response {
	r, resp := &b.reply, &b.resp
	resp.Request = req
	r.Describe(resp)
	switch {
	case r.more != nil && r.more.tunnel != nil:
		resp.Body = r.Upgraded().(*upgraded)
		b.body.done()
	case r.body.Kind() == http1.NoBody:
		resp.Body = http.NoBody
		b.body.done()
	default:
		b.body.reply, b.body.resp = r, resp
		resp.Body = &b.body
	}
	return resp
}

// Describe says in resp, whose Header is there, what the head says of the response: all
// but Status, Body and Request.
func (r *Reply) Describe(resp *http.Response) {
	resp.StatusCode = r.Status
	resp.Proto, resp.ProtoMajor, resp.ProtoMinor = "HTTP/1.1", 1, int(r.Minor)
	if r.Minor == 0 {
		resp.Proto = "HTTP/1.0"
	}
	resp.ContentLength = r.Length
	resp.TLS = r.TLS()
	resp.Close = r.closing
	if r.closing && r.Minor > 0 && http1.HasOption(strings.Join(resp.Header["Connection"], ","), "close") {
		delete(resp.Header, "Connection") // as net/http does: Close says it
	}
	if r.chunked {
		resp.TransferEncoding = chunkedCoding(resp.Header["Transfer-Encoding"])
		delete(resp.Header, "Transfer-Encoding")
		resp.Trailer = announced(resp.Header)
	}
}

// statusLines are the usual texts of http.Response.Status.
var statusLines = func() (lines [600]string) {
	for code := range lines {
		if text := http.StatusText(code); text != "" {
			lines[code] = strconv.Itoa(code) + " " + text
		}
	}
	return lines
}()

func statusText(status int, reason []byte) string {
	if status < len(statusLines) && status >= 100 {
		if usual := statusLines[status]; usual != "" && usual[4:] == string(reason) {
			return usual
		}
	}
	return strconv.Itoa(status) + " " + string(reason)
}

// announced makes a Trailer map with the keys that the head announces.
func announced(h http.Header) http.Header {
	var trailer http.Header
	for _, list := range h["Trailer"] {
		for name := range strings.SplitSeq(list, ",") {
			name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
			if name == "" || http1.ForbiddenTrailer(strings.ToLower(name)) {
				continue
			}
			if trailer == nil {
				trailer = http.Header{}
			}
			trailer[name] = nil
		}
	}
	delete(h, "Trailer")
	return trailer
}

// responseBody is the body of an http.Response: the reply, and at its end the
// trailers.
type responseBody struct {
	reply *Reply
	resp  *http.Response
	ended bool // the trailers are in resp

	release func() // ends the watch over Request.Cancel, if there is one
}

// done says that nothing more is awaited.
func (b *responseBody) done() {
	if b.release != nil {
		b.release()
	}
}

func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.reply.Read(p)
	if err == io.EOF {
		b.trailer()
	}
	if err != nil {
		b.done()
	}
	if err == errBodyClosed {
		err = http.ErrBodyReadAfterClose
	}
	return n, err
}

func (b *responseBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.reply.WriteTo(w)
	if err == nil {
		b.trailer()
		b.done()
	}
	return n, err
}

func (b *responseBody) Close() error {
	err := b.reply.Close()
	b.done()
	return err
}

// trailer puts the trailer fields into the response, once.
//
// RFC 9110, section 6.5: "Trailer fields ought to be processed and stored
// separately from the fields in the header section"; those that must not stand
// in a trailer are dropped.
// https://www.rfc-editor.org/rfc/rfc9110#section-6.5-2
func (b *responseBody) trailer() {
	if b.ended {
		return
	}
	b.ended = true
	for name, value := range b.reply.Trailer().All() {
		if http1.ForbiddenTrailer(strings.ToLower(string(name))) {
			continue
		}
		if b.resp.Trailer == nil {
			b.resp.Trailer = http.Header{}
		}
		b.resp.Trailer.Add(string(name), string(value))
	}
}

// gunzip decodes a body for RoundTrip. Nothing is read before the first Read.
// Close may be called while another goroutine reads.
type gunzip struct {
	src    io.ReadCloser
	z      *gzip.Reader
	err    error
	closed atomic.Bool
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if g.err != nil {
		return 0, g.err
	}
	if g.z == nil {
		if g.z, g.err = gzip.NewReader(g.src); g.err != nil {
			return 0, g.err // io.EOF: an empty body with a coding is an empty body
		}
	}
	n, err := g.z.Read(p)
	g.err = err
	return n, err
}

func (g *gunzip) Close() error {
	g.closed.Store(true)
	return g.src.Close()
}
