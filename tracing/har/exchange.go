package har

import (
	"maps"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/secret"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// exchange is what has been told of one that is under way.
type exchange struct {
	opts     *Options
	start    tracing.ExchangeStart
	conn     uint64
	addr     string // of the peer, or of the last one that was tried
	marks    marks
	sent     *tracing.RequestHeadersSent // nil until then
	head     *tracing.ResponseHead       // nil until then
	up, down capture
}

// connected notes the connection.
func (x *exchange) connected(id uint64, addr string, at time.Time) {
	if x.marks.connected = at; id != 0 {
		x.conn, x.addr = id, addr
	}
}

// entry makes the entry of an exchange that is over.
func (x *exchange) entry(end *tracing.ExchangeEnd) *entry {
	e := &entry{
		Started:  x.start.Time.Format("2006-01-02T15:04:05.000Z07:00"),
		Request:  x.request(),
		Response: x.response(end),
		Timings:  x.timings(end),
	}
	e.Time, e.Comment = e.Timings.total(), e.Response.Error
	e.ResourceType = resourceType(e.Response.Content.MimeType)
	if x.conn != 0 {
		e.ConnectionID = strconv.FormatUint(x.conn, 10)
		e.Connection = e.ConnectionID
	}
	// "connection ... Unique ID of the parent TCP/IP connection, can be the client
	// or server port number." Browsers write the latter, and show it as such.
	if peer, err := netip.ParseAddrPort(x.addr); err == nil {
		e.ServerIP = peer.Addr().Unmap().WithZone("").String()
		e.Connection = strconv.Itoa(int(peer.Port()))
	}
	return e
}

func (x *exchange) request() request {
	r := request{
		Method: x.start.Method, URL: x.url(x.start.URL), Version: "HTTP/1.1",
		Cookies: []cookie{}, Headers: []pair{}, Query: []pair{}, HeadersSize: -1, BodySize: -1,
	}
	if u, err := url.Parse(r.URL); err == nil {
		r.Query = query(u.RawQuery)
	}
	if x.sent == nil {
		return r
	}
	h := x.sent.Header
	r.Headers, r.HeadersSize = x.headers(h), x.sent.Bytes
	for _, line := range h["Cookie"] {
		cookies, _ := http.ParseCookie(line)
		r.Cookies = append(r.Cookies, x.cookies(cookies)...)
	}
	switch length, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); {
	case !x.sent.HasBody:
		r.BodySize = 0
		return r
	case err == nil:
		r.BodySize = length
	case x.opts.MaxBodyBytes != 0:
		r.BodySize = x.up.size
	}
	r.PostData = x.postData(h)
	return r
}

// postData gives the request's body.
func (x *exchange) postData(h http.Header) *postData {
	d := &postData{MimeType: h.Get("Content-Type")}
	if x.opts.MaxBodyBytes == 0 {
		return d
	}
	body := x.up
	d.Comment = body.comment()
	if codings := h["Content-Encoding"]; len(codings) > 0 {
		if decoded, ok := body.decode(codings, x.opts.MaxBodyBytes); ok {
			body = decoded
		}
	}
	media, params, _ := mime.ParseMediaType(d.MimeType)
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" {
		var less bool
		if d.Text, less = multipart(body.kept, params["boundary"], !x.opts.KeepSecrets); less && d.Comment == "" {
			d.Comment = "without the parts that are no text"
		}
		return d
	}
	if d.Text, d.Encoding = body.text(d.MimeType); d.Encoding == "" && !x.opts.KeepSecrets {
		d.Text = masked(d.Text, d.MimeType)
	}
	return d
}

func (x *exchange) response(end *tracing.ExchangeEnd) response {
	r := response{Cookies: []cookie{}, Headers: []pair{}, HeadersSize: -1, Content: content{MimeType: unknown}}
	if end.Err != nil {
		r.Error = end.Err.Error()
	}
	if x.head == nil {
		return r
	}
	h := x.head.Header
	r.Status, r.StatusText, r.Version = x.head.Status, x.head.Reason, x.head.Proto
	r.Headers, r.RedirectURL = x.headers(h), x.url(h.Get("Location"))
	for _, line := range h["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil {
			r.Cookies = append(r.Cookies, x.cookies([]*http.Cookie{c})...)
		}
	}
	r.HeadersSize, r.BodySize = x.head.Bytes, end.WireBytes
	r.TransferSize = int64(r.HeadersSize) + r.BodySize
	r.Content = x.content(h, end)
	return r
}

// content gives the response's body.
func (x *exchange) content(h http.Header, end *tracing.ExchangeEnd) content {
	c := content{MimeType: unknown, Size: end.BodyBytes}
	if t := h.Get("Content-Type"); t != "" {
		c.MimeType = t
	}
	body := x.down
	c.Comment = body.comment()
	codings := h["Content-Encoding"]
	if len(codings) > 0 && !end.Decoded && body.size > 0 {
		if decoded, ok := body.decode(codings, x.opts.MaxBodyBytes); ok {
			if body.whole() {
				c.Size, c.Comment = decoded.size, decoded.comment()
			}
			body = decoded
		}
	}
	if saved := c.Size - end.WireBytes; saved != 0 || len(codings) > 0 {
		c.Compression = &saved
	}
	if c.Text, c.Encoding = body.text(h.Get("Content-Type")); c.Encoding == "" && !x.opts.KeepSecrets {
		c.Text = masked(c.Text, c.MimeType)
	}
	if !end.Complete && c.Comment == "" {
		c.Comment = "the body was not read to its end"
	}
	return c
}

// unknown is the media type of what has none, for browsers.
const unknown = "x-unknown"

// resourceType tells Chrome what the panel is to file an entry under, which else
// takes JSON and plain text for scripts.
func resourceType(contentType string) string {
	media, _, _ := mime.ParseMediaType(contentType)
	kind, _, _ := strings.Cut(media, "/")
	switch {
	case media == "text/html" || media == "application/xhtml+xml":
		return "document"
	case media == "text/css":
		return "stylesheet"
	case strings.HasSuffix(media, "javascript"):
		return "script"
	case media == "text/event-stream":
		return "eventsource"
	case kind == "image" || kind == "font":
		return kind
	case kind == "audio" || kind == "video":
		return "media"
	}
	return "fetch"
}

func (x *exchange) url(text string) string {
	if x.opts.KeepSecrets {
		return text
	}
	return secret.Text(text)
}

// headers gives all fields in the order of their names.
func (x *exchange) headers(h http.Header) []pair {
	all := []pair{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if !x.opts.KeepSecrets {
				value = secret.Value(name, value)
			}
			all = append(all, pair{name, strings.ToValidUTF8(value, "\ufffd")})
		}
	}
	return all
}

func (x *exchange) cookies(from []*http.Cookie) []cookie {
	all := make([]cookie, 0, len(from))
	for _, c := range from {
		out := cookie{Name: c.Name, Value: c.Value, Path: c.Path, Domain: c.Domain, HTTPOnly: c.HttpOnly, Secure: c.Secure}
		if !x.opts.KeepSecrets {
			out.Value = secret.Mask
		}
		expires := c.Expires
		if c.MaxAge > 0 {
			// "If a cookie has both the Max-Age and the Expires attribute, the Max-Age
			// attribute has precedence".
			// https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.2-3
			expires = x.head.Time.Add(time.Duration(c.MaxAge) * time.Second)
		}
		if !expires.IsZero() {
			out.Expires = expires.UTC().Format(time.RFC3339)
		}
		all = append(all, out)
	}
	return all
}

// query gives a query's parameters in their order.
func query(raw string) []pair {
	all := []pair{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		all = append(all, pair{unescaped(name), unescaped(value)})
	}
	return all
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		s = plain
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
