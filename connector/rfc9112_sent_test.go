package connector_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// sent plays one request and gives its head.
func sent(t *testing.T, req *http.Request, body string) (head string) {
	t.Helper()
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(req)
		s := e.accept()
		head = s.WantHead()
		s.WantRead(body)
		s.WantSilence(time.Second) // not an octet more, above all no CRLF
		s.Write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		want(t, <-out, 400, "")
	})
	return head
}

func TestClientRFC9112Section2_2SendsNoExtraCRLF(t *testing.T) {
	// "An HTTP/1.1 user agent MUST NOT preface or follow a request with an extra
	// CRLF."
	// "If terminating the request message body with a line-ending is desired, then
	// the user agent MUST count the terminating CRLF octets as part of the message
	// body length."
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-5
	for method, body := range map[string]string{"GET": "", "POST": "hello", "PUT": "hello\r\n"} {
		var r io.Reader
		if body != "" {
			r = strings.NewReader(body)
		}
		if head := sent(t, request(t, method, "http://example.com/", r), body); !strings.HasPrefix(head, method+" / HTTP/1.1\r\n") {
			t.Errorf("got %q", head)
		}
	}
}

func TestClientRFC9112Section3SendsLongRequestLines(t *testing.T) {
	// "It is RECOMMENDED that all HTTP senders and recipients support, at a minimum,
	// request-line lengths of 8000 octets."
	// https://www.rfc-editor.org/rfc/rfc9112#section-3-5
	for _, n := range []int{8000, 70_000} {
		path := "/" + strings.Repeat("x", n)
		if head := sent(t, request(t, "GET", "http://example.com"+path, nil), ""); !strings.HasPrefix(head, "GET "+path+" HTTP/1.1\r\n") {
			t.Errorf("%d octets: got %.80q...", n, head)
		}
	}
}

func TestClientRFC9112Section3_2HostIsTheFirstField(t *testing.T) {
	// "A client MUST send a Host header field [...] in all HTTP/1.1 request
	// messages. If the target URI includes an authority component, then a client
	// MUST send a field value for Host that is identical to that authority
	// component, excluding any userinfo subcomponent".
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2-5
	req := request(t, "GET", "http://user:secret@example.com:80/a?b", nil)
	req.Header.Set("A", "first by its name")
	head := sent(t, req, "")
	if !strings.HasPrefix(head, "GET /a?b HTTP/1.1\r\nHost: example.com:80\r\n") || strings.Contains(head, "secret") {
		t.Errorf("got %q", head)
	}
}

func TestClientRFC9112Section3_2TargetForms(t *testing.T) {
	// Sections 3.2.1, 3.2.3 and 3.2.4.
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1-3
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.3-3
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4-3
	for _, tt := range []struct{ name, method, url, want string }{
		{"origin", "GET", "http://example.com/a/b;c?d=e&f#g", "/a/b;c?d=e&f"},
		{"origin-empty-path", "GET", "http://example.com?q", "/?q"},
		{"origin-nothing", "GET", "http://example.com", "/"},
		{"origin-asterisk-is-no-path", "GET", "http://example.com/*", "/*"},
		{"origin-two-slashes", "GET", "http://example.com//x", "//x"},
		{"asterisk", "OPTIONS", "*", "*"},
		{"authority", "CONNECT", "http://example.com:80", "example.com:80"},
		{"authority-elided-port", "CONNECT", "http://example.com", "example.com:80"},
		{"authority-empty-port", "CONNECT", "http://example.com:", "example.com:80"},
		{"authority-opaque", "CONNECT", "//other.test:81", "other.test:81"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := request(t, tt.method, "http://example.com", nil)
			switch {
			case tt.url == "*":
				req.URL.Path = "*"
			case strings.HasPrefix(tt.url, "//"):
				req.URL.Opaque = tt.url[2:]
			default:
				u, err := url.Parse(tt.url)
				if err != nil {
					t.Fatal(err)
				}
				req.URL, req.Host = u, ""
			}
			head := sent(t, req, "")
			if got, _, _ := strings.Cut(head, "\r\n"); got != tt.method+" "+tt.want+" HTTP/1.1" {
				t.Errorf("got %q, want the target %q", got, tt.want)
			}
		})
	}
}

func TestClientRFC9110Section9_3_6ConnectHasAPort(t *testing.T) {
	// "There is no default port; a client MUST send the port number even if the
	// CONNECT request is based on a URI reference that contains an authority
	// component with an elided port".
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-2
	for host, want := range map[string]string{"proxied.test": "proxied.test:80", "[::1]": "[::1]:80", "[::1]:8": "[::1]:8", "a:9": "a:9"} {
		req := request(t, "CONNECT", "http://example.com", nil)
		req.Host = host
		if head := sent(t, req, ""); !strings.HasPrefix(head, "CONNECT "+want+" HTTP/1.1\r\n") {
			t.Errorf("%s: got %q", host, head)
		}
	}
}

func TestClientRFC9112Section5_2SendsNoFold(t *testing.T) {
	// "A sender MUST NOT generate a message that includes line folding".
	// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-3
	// And section 2.2: "A sender MUST NOT generate a bare CR".
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-4
	for _, value := range []string{"a\r\n b", "a\r\n\tb", "a\n b", "a\rb", "\r\n a", "a\r\n "} {
		c := connector.New()
		req := request(t, "GET", "http://example.com/", nil)
		req.Header["X"] = []string{value}
		_, err := c.RoundTrip(req)
		if e := wantError(t, err, connector.PhasePrepare); e.Sent {
			t.Errorf("%q was sent", value)
		}
		c.Close()
	}
}

func TestClientRFC9112Section6_3FramesEachBodyOnce(t *testing.T) {
	// "A user agent that sends a request that contains a message body MUST send
	// either a valid Content-Length header field or use the chunked transfer
	// coding." And section 6.2: "A sender MUST NOT send a Content-Length header
	// field in any message that contains a Transfer-Encoding header field."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-7
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.2-2
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
		for _, tt := range []struct {
			body       io.Reader
			field, raw string
		}{
			{strings.NewReader("h"), "Content-Length: 1", "h"},
			{unread(strings.NewReader("h")), "Transfer-Encoding: chunked", "1\r\nh\r\n0\r\n\r\n"},
		} {
			head := sent(t, request(t, method, "http://example.com/", tt.body), tt.raw)
			if strings.Count(head, "Content-Length")+strings.Count(head, "Transfer-Encoding") != 1 || !strings.Contains(head, "\r\n"+tt.field+"\r\n") {
				t.Errorf("%s: got %q", method, head)
			}
		}
	}
}

func TestClientRFC9112Section7_4AsksForNoTransferCoding(t *testing.T) {
	// "A client MUST NOT send the chunked transfer coding name in TE; chunked is
	// always acceptable for HTTP/1.1 recipients." We send no TE at all.
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.4-2
	if head := sent(t, request(t, "GET", "http://example.com/", nil), ""); strings.Contains(head, "\r\nTE:") {
		t.Errorf("got %q", head)
	}
	c := connector.New()
	defer c.Close()
	req := request(t, "GET", "http://example.com/", nil)
	req.Header["TE"] = []string{"trailers, Chunked"}
	if _, err := c.RoundTrip(req); !strings.HasSuffix(wantError(t, err, connector.PhasePrepare).Error(), "TE must not name chunked, which is always acceptable") {
		t.Errorf("got %v", err)
	}
}

func TestClientRFC9110Section10_1_4NamesTEInConnection(t *testing.T) {
	// "A sender of TE MUST also send a "TE" connection option within the Connection
	// header field (Section 7.6.1) to inform intermediaries not to forward this field."
	// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4
	for given, want := range map[string]string{"": "TE", "keep-alive": "TE", "x, te": "", "close": "TE", "close, Te": "Te"} {
		req := request(t, "GET", "http://example.com/", nil)
		req.Header["te"] = []string{"trailers"}
		if given != "" {
			req.Header["connection"] = []string{given}
		}
		head := sent(t, req, "")
		if !strings.Contains(head, "\r\nte: trailers\r\n") || want != "" && strings.Count(head, "onnection: "+want+"\r\n") != 1 || want == "" && strings.Contains(head, "Connection: TE") {
			t.Errorf("%q: got %q", given, head)
		}
	}
}

func TestClientRFC9110Section7_6_1KeepsTheOptionsBesideClose(t *testing.T) {
	// "When a field aside from Connection is used to supply control information for
	// or about the current connection, the sender MUST list the corresponding field
	// name within the Connection header field."
	// https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1-2
	for given, want := range map[string]string{
		"close":             "Connection: close\r\n",
		"TE, close":         "Connection: TE\r\nConnection: close\r\n",
		"Close ,, close,\t": "Connection: close\r\n",
		"a,CLOSE,\tb ":      "Connection: a, b\r\nConnection: close\r\n",
	} {
		req := request(t, "GET", "http://example.com/", nil)
		req.Header["User-Agent"], req.Header["Accept-Encoding"] = nil, []string{"x"}
		req.Header["Connection"] = []string{given}
		head := strings.Replace(sent(t, req, ""), "Accept-Encoding: x\r\n", "", 1)
		diff(t, head, "GET / HTTP/1.1\r\nHost: example.com\r\n"+want+"\r\n")
	}
}

func TestClientRFC9110Section9_3_8TraceHasNoBody(t *testing.T) {
	// "A client MUST NOT send content in a TRACE request."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.8-4
	for _, body := range []io.Reader{strings.NewReader("hello"), unread(strings.NewReader("hello"))} {
		c := connector.New()
		_, err := c.RoundTrip(request(t, "TRACE", "http://example.com/", body))
		if e := wantError(t, err, connector.PhasePrepare); e.Sent || !strings.HasSuffix(e.Error(), "a TRACE request has no body") {
			t.Errorf("got %v", err)
		}
		c.Close()
	}
	if head := sent(t, request(t, "TRACE", "http://example.com/", nil), ""); strings.Contains(head, "Content-Length") {
		t.Errorf("got %q", head)
	}
}

func TestClientRFC9110Section10_1_1ExpectsNothingWithoutBody(t *testing.T) {
	// "A client MUST NOT generate a 100-continue expectation in a request that
	// does not include content."
	// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1-11.1
	req := request(t, "POST", "http://example.com/", nil)
	req.Header.Set("Expect", "100-continue")
	if head := sent(t, req, ""); strings.Contains(head, "Expect") {
		t.Errorf("got %q", head)
	}
}

func TestClientRFC9112Section9_6SendsNothingBehindClose(t *testing.T) {
	// "A client that sends a "close" connection option MUST NOT send further
	// requests on that connection (after the one containing the "close") and MUST
	// close the connection after reading the final response message".
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.6-5
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "GET", "http://example.com/", nil)
		req.Close = true
		out := e.send(req)
		s := e.accept()
		if head := s.WantHead(); !strings.Contains(head, "\r\nConnection: close\r\n") {
			t.Errorf("got %q", head)
		}
		s.Write(okHello) // which says nothing of an end
		want(t, <-out, 200, "hello")
		s.WantEOF()
		out = e.get()
		next := e.accept() // another connection
		next.WantHead()
		next.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestClientRFC9112Section9_2SendsOneRequestAtATime(t *testing.T) {
	// "A client that has more than one outstanding request on a connection MUST
	// maintain a list of outstanding requests in the order sent": we have one,
	// and so nothing to mistake.
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.2-2
	inBubble(t, connector.Options{MaxConnsPerHost: 1}, func(e *env) {
		first, second := e.get(), e.get()
		s := e.accept()
		for range 2 {
			s.WantHead()
			s.WantSilence(time.Second)
			s.Write(okHello)
		}
		want(t, <-first, 200, "hello")
		want(t, <-second, 200, "hello")
	})
}

func TestClientRFC9110Section6_5_1SendsNoFramingInTrailers(t *testing.T) {
	// "A sender MUST NOT generate a trailer field unless the sender knows the
	// corresponding header field name's definition permits the field to be sent in
	// trailers."
	// https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1-2
	for _, name := range []string{"Content-Length", "transfer-encoding", "Host", "Authorization", "If-Match", "Cookie", "Content-Type", "Trailer", "Expect"} {
		c := connector.New()
		req := request(t, "POST", "http://example.com/", unread(strings.NewReader("x")))
		req.Trailer = http.Header{name: {"1"}}
		_, err := c.RoundTrip(req)
		var e *connector.Error
		if !errors.As(err, &e) || e.Phase != connector.PhasePrepare {
			t.Errorf("%s: got %v", name, err)
		}
		c.Close()
	}
}
