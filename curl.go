package aiohttp

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/shell"
)

// Curl gives a command for a POSIX shell by which curl sends what a session
// without options would send. See [Session.Curl].
func (r Request) Curl() (string, error) {
	s := NewSession()
	defer s.Close()
	return s.Curl(r)
}

// Curl gives a command for a POSIX shell by which curl sends what the session
// would send for req: method, URL, header fields, body, cookies of the jar too,
// redirects, time-outs, proxy and the proof of its user, decompression, and "-k" where
// servers are not verified. Where the environment names proxies, as it is now, the
// command goes through those that the session would go through, if it is run in the
// same environment.
// What is no text is brought to curl through a pipe. Credentials are in it as they
// are.
//
// A Body that is a reader is not read: the command reads it from its standard
// input. It does not tell of authorities, pins and certificates of a
// trust.Policy, nor of where the session's Connector leads to. curl keeps a
// method set by -X, and a Content-Type, through redirects. It is an error where
// curl cannot send what is asked for: a form with parts from readers, with header
// fields, or within each other.
func (s *Session) Curl(req Request) (string, error) {
	if req.Method == "" {
		req.Method = http.MethodGet
	}
	c := curl{args: []string{"curl"}}
	if err := c.render(s, &req); err != nil {
		return "", wrap(req.Method, req.URL, &Error{Phase: connector.PhasePrepare, Err: err})
	}
	line := c.variable + shell.Quote(c.args)
	if c.piped {
		line = shell.Print(c.input) + " | " + line
	}
	return line, nil
}

// curl is a command in the making.
type curl struct {
	args     []string
	variable string      // what is set in curl's environment
	header   http.Header // as it is to be sent
	body     bool        // some option gives a body
	large    bool        // it may be one before which curl waits to be asked for it
	parts    bool        // it is a form whose Content-Type is curl's to set
	piped    bool        // input comes through a pipe
	input    []byte
}

func (c *curl) add(args ...string) { c.args = append(c.args, args...) }

func (c *curl) render(s *Session, req *Request) error {
	if err := s.unusable(); err != nil {
		return err
	}
	if err := req.oneBody(); err != nil {
		return err
	}
	h, plain := new(hop), *req
	plain.File, plain.Body, plain.Multipart = "", nil, nil
	h.session, h.req, h.method, h.url, h.header = s, &plain, req.Method, req.URL, req.Header
	if err := h.prepare(); err != nil {
		return err
	}
	if err := spelledOnce(h.header); err != nil {
		return err
	}
	// What would be refused when it is sent is refused here, too.
	if err := h.fill(&connector.Call{}, nil); err != nil {
		return err
	}
	c.header = h.allFields()
	contentType, err := c.content(req, &h.body)
	if err != nil {
		return err
	}
	if contentType != "" && !h.typed() {
		c.header.Set("Content-Type", contentType)
	}
	c.method(req.Method)
	c.follow(s, req)
	c.proxy(s, h)
	c.limits(s, h)
	if req.Expect100 && c.body {
		c.header.Set("Expect", "100-continue")
	}
	c.encoding(req)
	c.fields()
	if err := c.cookies(h); err != nil {
		return err
	}
	c.url(h.address())
	return nil
}

// method adds the option for the method, where curl would not use it by itself: a
// method by -X is kept through redirects.
func (c *curl) method(method string) {
	switch {
	case method == http.MethodHead && !c.body:
		c.add("--head")
	case method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch:
		if !c.body { // which is sent all the same, with its length of zero
			c.add("--data-raw", "")
		}
		if method != http.MethodPost {
			c.add("-X", method)
		}
		c.body = true
	case method != http.MethodGet || c.body:
		c.add("-X", method)
	}
}

func (c *curl) follow(s *Session, req *Request) {
	most := req.MaxRedirects
	if most == 0 {
		most = s.opts.MaxRedirects
	}
	if most == 0 {
		most = defaultMaxRedirects
	}
	if most > 0 {
		c.add("-L", "--max-redirs", strconv.Itoa(most))
	}
}

// limits adds the time-outs that are set, and that servers are not verified.
func (c *curl) limits(s *Session, h *hop) {
	var limits connector.Timeouts
	if own := h.limits(); own != nil {
		limits = *own
	}
	if limits.Connect > 0 {
		c.add("--connect-timeout", seconds(limits.Connect.Seconds()))
	}
	if limits.Total > 0 {
		total := h.req.Timeouts.Total
		if total == 0 {
			total = s.opts.Timeouts.Total
		}
		c.add("--max-time", seconds(total.Seconds()))
	}
	policy := h.req.TLS
	if policy == nil {
		policy = s.opts.TLS
	}
	if policy != nil && policy.Insecure() {
		c.add("--insecure")
	}
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', -1, 64) }

// formType is the media type that curl takes a body for.
const formType = "application/x-www-form-urlencoded"

// encoding adds what the Accept-Encoding field and decompression come to.
func (c *curl) encoding(req *Request) {
	given := c.header["Accept-Encoding"]
	if !req.DisableDecompression && len(given) > 0 {
		c.add("--compressed")
		if len(given) == 1 && given[0] == coding.Accept {
			delete(c.header, "Accept-Encoding") // curl's own list has the same codings, or those that it knows
		}
	}
}

// fields adds the header fields, those of curl's that are not to be sent among
// them.
func (c *curl) fields() {
	if values := c.header["Accept"]; len(values) == 1 && values[0] == "*/*" {
		delete(c.header, "Accept") // curl's own
	} else if len(values) == 0 {
		c.add("-H", "Accept:")
	}
	if len(c.header["User-Agent"]) == 0 {
		c.add("-H", "User-Agent:")
	}
	switch values := c.header["Content-Type"]; {
	case len(values) == 1 && values[0] == formType && c.body:
		delete(c.header, "Content-Type") // curl's own, which it drops where a redirect drops the body
	case len(values) == 0 && c.body && !c.parts:
		c.add("-H", "Content-Type:")
	}
	if c.large && len(c.header["Expect"]) == 0 {
		c.add("-H", "Expect:")
	}
	for _, name := range sortedKeys(c.header) {
		if name == "Cookie" {
			continue
		}
		for _, value := range c.header[name] {
			if value = textproto.TrimString(value); value == "" {
				c.add("-H", name+";")
			} else {
				c.add("-H", name+": "+value)
			}
		}
	}
}

// cookies adds all cookies that would be sent.
func (c *curl) cookies(h *hop) error {
	line, err := h.appendCookies(nil)
	if err != nil {
		return err
	}
	value, ok := strings.CutPrefix(strings.TrimSuffix(string(line), "\r\n"), "Cookie: ")
	switch {
	case !ok:
	case strings.Contains(value, "="):
		c.add("-b", value)
	default: // which -b would take for a file
		c.add("-H", "Cookie: "+value)
	}
	return nil
}

// url adds the URL, and keeps curl from making another one of it.
func (c *curl) url(address string) {
	if strings.ContainsAny(address, "[]{}") {
		c.add("--globoff")
	}
	if u, err := url.Parse(address); err == nil && strings.Contains(u.EscapedPath(), "/.") {
		c.add("--path-as-is")
	}
	c.add(address)
}
