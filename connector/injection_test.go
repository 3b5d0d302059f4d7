package connector_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// oneRequest is a request by the grammar, and nothing behind it, over octets that
// stand as the characters of the same number.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-2.1
var oneRequest = regexp.MustCompile("^" + token + " [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.1\r\n" +
	"Host: (?:[-._~!$&'()*+,;=%0-9a-zA-Z]+|\\[[:.0-9a-fA-F]+\\])(?::[0-9]*)?\r\n" +
	"((?:" + token + ": (?:[\\x21-\\x7e\\x80-\\xff](?:[\\t -~\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?\r\n)*)\r\n(body)?$")

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"

// places are where a caller's text may come to stand in a request.
var places = map[string]func(r *http.Request, text string){
	"method":   func(r *http.Request, text string) { r.Method = text },
	"scheme":   func(r *http.Request, text string) { r.URL.Scheme = text },
	"url-host": func(r *http.Request, text string) { r.URL.Host = text },
	"path":     func(r *http.Request, text string) { r.URL.Path = text },
	"raw-path": func(r *http.Request, text string) {
		r.URL.RawPath = "/" + text
		r.URL.Path, _ = url.PathUnescape("/" + text)
	},
	"query":       func(r *http.Request, text string) { r.URL.RawQuery = text },
	"opaque":      func(r *http.Request, text string) { r.URL.Opaque = text },
	"opaque-path": func(r *http.Request, text string) { r.URL.Opaque = "//a.test/" + text },
	"fragment":    func(r *http.Request, text string) { r.URL.Fragment, r.URL.RawFragment = text, text },
	"user":        func(r *http.Request, text string) { r.URL.User = url.UserPassword(text, text) },
	"host":        func(r *http.Request, text string) { r.Host = text },
	"name":        func(r *http.Request, text string) { r.Header[text] = []string{"v"} },
	"value":       func(r *http.Request, text string) { r.Header["X"] = []string{text} },
	"connection":  func(r *http.Request, text string) { r.Header["Connection"] = []string{text} },
	"expect":      func(r *http.Request, text string) { r.Header["Expect"] = []string{text + ", x"} },
	"user-agent":  func(r *http.Request, text string) { r.Header["User-Agent"] = []string{text, text} },
	"authorization": func(r *http.Request, text string) {
		r.URL.User, r.Header["authorization"] = url.User("me"), []string{text}
	},
	"length": func(r *http.Request, text string) { r.Header["Content-length"] = []string{text} },
	"coding": func(r *http.Request, text string) { r.Header["transfer-Encoding"] = []string{text} },
}

// TestClientSendsOneRequestWhateverItIsGiven puts each octet, and some strings that
// have served attackers, in each place. What is sent is one request by the grammar,
// with each field that may be there once.
//
// RFC 9110, section 5.3: "a sender MUST NOT generate multiple field lines with the
// same name in a message".
// https://www.rfc-editor.org/rfc/rfc9110#section-5.3-3
func TestClientSendsOneRequestWhateverItIsGiven(t *testing.T) {
	texts := []string{"", "http", "\r\nEvil: x", "\r\n\r\nGET / HTTP/1.1\r\nEvil: x\r\n\r\n", " HTTP/1.1\r\nEvil: x", "\u560d\u560aEvil: x", "\u212a", "%0d%0aEvil: x", "%", "close", "100-continue", "chunked", "3"}
	for c := range 256 {
		texts = append(texts, "a"+string([]byte{byte(c)})+"Evil: x", string([]byte{byte(c)}))
	}
	var sent []byte
	c := connector.New(connector.Options{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return &tape{written: &sent, answer: strings.NewReader("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")}, nil
	}})
	defer c.Close()
	for place, put := range places {
		went := 0
		for _, text := range texts {
			for _, method := range []string{"GET", "POST"} {
				req := request(t, "GET", "http://a.test/p", nil)
				if method == "POST" {
					req = request(t, "POST", "http://a.test/p", strings.NewReader("body"))
				}
				put(req, text)
				sent = nil
				a := exchange(c, req)
				if a.err != nil && sent != nil {
					t.Errorf("%s %q: %v", place, text, a.err)
				}
				if sent != nil {
					went++
					checkRequest(t, place+" "+text, sent)
				}
			}
		}
		if went == 0 {
			t.Errorf("%s: nothing was ever sent", place) // which proves nothing
		}
	}
}

func checkRequest(t *testing.T, what string, sent []byte) {
	t.Helper()
	var text []rune
	for _, c := range sent {
		text = append(text, rune(c))
	}
	m := oneRequest.FindStringSubmatch(string(text))
	if m == nil {
		t.Errorf("%q: malformed: %q", what, sent)
		return
	}
	names := map[string]int{}
	for line := range strings.Lines(m[1]) {
		name, value, _ := strings.Cut(line, ": ")
		if name = strings.ToLower(name); name == "content-length" && (value != "4\r\n" || m[2] != "body") {
			t.Errorf("%q: the length is not the body's: %q", what, sent)
		}
		names[name]++
	}
	if (names["content-length"] == 1) != (m[2] != "") {
		t.Errorf("%q: a body without its length: %q", what, sent)
	}
	for name, n := range names {
		if n > 1 || slices.Contains([]string{"host", "evil", "transfer-encoding"}, name) {
			t.Errorf("%q: %d of field %s: %q", what, n, name, sent)
		}
	}
}

// tape is a connection that notes what is written, and answers.
type tape struct {
	net.Conn
	written *[]byte
	answer  io.Reader
}

func (c *tape) Write(p []byte) (int, error) {
	*c.written = append(*c.written, p...)
	return len(p), nil
}
func (c *tape) Read(p []byte) (int, error)     { return c.answer.Read(p) }
func (*tape) Close() error                     { return nil }
func (*tape) RemoteAddr() net.Addr             { return nil }
func (*tape) SetDeadline(time.Time) error      { return nil }
func (*tape) SetReadDeadline(time.Time) error  { return nil }
func (*tape) SetWriteDeadline(time.Time) error { return nil }
