package har

import (
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/secret"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// exchange is what has been told of one that is under way.
type exchange struct {
	opts     *Options
	start    tracing.ExchangeStart
	conn     uint64
	addr     string
	sent     *tracing.RequestHeadersSent // nil until then
	head     *tracing.ResponseHead       // nil until then
	up, down capture
}

// capture is what is kept of a body.
type capture struct {
	kept []byte
	size int64 // of all that was shown
}

func (c *capture) add(p []byte, most int) {
	c.size += int64(len(p))
	if most >= 0 {
		p = p[:min(len(p), most-len(c.kept))]
	}
	c.kept = append(c.kept, p...)
}

// comment tells that not all was kept.
func (c *capture) comment() string {
	if int64(len(c.kept)) == c.size {
		return ""
	}
	return fmt.Sprintf("the first %d of %d bytes", len(c.kept), c.size)
}

// text gives what was kept as text; what is none, in base64.
func (c *capture) text() (text, encoding string) {
	kept := c.kept
	if int64(len(kept)) < c.size { // the cut may go through a character
		for i := 1; i <= min(utf8.UTFMax-1, len(kept)); i++ {
			if tail := kept[len(kept)-i:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					kept = kept[:len(kept)-i]
				}
				break
			}
		}
	}
	if utf8.Valid(kept) {
		return string(kept), ""
	}
	return base64.StdEncoding.EncodeToString(c.kept), "base64"
}

// entry makes the entry of an exchange that is over.
func (x *exchange) entry(end *tracing.ExchangeEnd) *entry {
	e := &entry{
		Started:  x.start.Time.Format("2006-01-02T15:04:05.000Z07:00"),
		Request:  x.request(),
		Response: x.response(end),
		Timings:  x.timings(end),
	}
	e.Time = e.Timings.total()
	if host, _, err := net.SplitHostPort(x.addr); err == nil && net.ParseIP(host) != nil {
		e.ServerIP = host
	}
	if x.conn != 0 {
		e.Connection = strconv.FormatUint(x.conn, 10)
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
	r.PostData = &postData{MimeType: h.Get("Content-Type")}
	if x.opts.MaxBodyBytes != 0 {
		r.PostData.Text, r.PostData.Encoding = x.up.text()
		r.PostData.Comment = x.up.comment()
		if media, _, _ := mime.ParseMediaType(r.PostData.MimeType); media == "application/x-www-form-urlencoded" && !x.opts.KeepSecrets {
			r.PostData.Text = secret.Query(r.PostData.Text)
		}
	}
	return r
}

func (x *exchange) response(end *tracing.ExchangeEnd) response {
	r := response{Cookies: []cookie{}, Headers: []pair{}, HeadersSize: -1, BodySize: -1, Content: content{MimeType: "x-unknown"}}
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
	r.BodySize = end.WireBytes
	c := &r.Content
	c.Size = end.BodyBytes
	if saved := end.BodyBytes - end.WireBytes; saved != 0 || h.Get("Content-Encoding") != "" {
		c.Compression = &saved
	}
	if t := h.Get("Content-Type"); t != "" {
		c.MimeType = t
	}
	c.Text, c.Encoding = x.down.text()
	c.Comment = x.down.comment()
	if !end.Complete && c.Comment == "" {
		c.Comment = "the body was not read to its end"
	}
	return r
}

// timings: "ssl ... If this field is defined then the time is also included in
// the connect field (to ensure backward compatibility with HAR 1.1). Use -1 if the
// timing does not apply to the current request."
func (x *exchange) timings(end *tracing.ExchangeEnd) timings {
	t := &end.Timings
	out := timings{Blocked: ms(t.Pool), DNS: -1, Connect: -1, SSL: -1, Send: ms(t.Send), Wait: ms(t.Wait), Receive: ms(t.Receive)}
	if t.DNS > 0 {
		out.DNS = ms(t.DNS)
	}
	if t.Connect > 0 {
		out.Connect = ms(t.Connect + t.TLS)
	}
	if t.TLS > 0 {
		out.SSL = ms(t.TLS)
	}
	if x.head == nil { // it failed before the connector could tell
		rest := max(end.Time.Sub(x.start.Time)-t.Total(), 0)
		if x.sent != nil {
			out.Wait += ms(rest)
		} else {
			out.Blocked += ms(rest)
		}
	}
	return out
}

// total: "This is the sum of all timings available in the timings object (i.e.
// not including -1 values)." That of TLS is in connect's.
func (t *timings) total() float64 {
	sum := 0.0
	for _, part := range []float64{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive} {
		sum += max(part, 0)
	}
	return float64(int64(sum*1000+0.5)) / 1000
}

// ms gives milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(max(d, 0).Microseconds()) / 1000 }

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
			switch {
			case x.opts.KeepSecrets:
			case secret.Field(name):
				value = secret.Mask
			case name == "Location", name == "Content-Location", name == "Referer":
				value = secret.Text(value)
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
		if !c.Expires.IsZero() {
			out.Expires = c.Expires.UTC().Format(time.RFC3339)
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
