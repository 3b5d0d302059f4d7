package connector_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
)

// exchanged is what comes of one GET that is answered so, and whether its
// connection rests in the pool afterwards.
func exchanged(t *testing.T, response string, closed bool) (a answer, kept bool) {
	t.Helper()
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write(response)
		if closed {
			s.Close()
		}
		a = <-out
		synctest.Wait()
		kept = e.c.Stats().Idle == 1
	})
	return a, kept
}

// refusedWhole checks that a response is discarded, and its connection closed.
func refusedWhole(t *testing.T, response string) {
	t.Helper()
	a, kept := exchanged(t, response, false)
	if a.err == nil || kept {
		t.Errorf("%q: got %v, %q; kept %v", response, a.err, a.body, kept)
	}
	var e *connector.Error
	if !errors.As(a.err, &e) || e.Phase != connector.PhaseHead && e.Phase != connector.PhaseBody {
		t.Errorf("%q: got %v", response, a.err)
	}
}

func TestClientRFC9112Section2_2RefusesBareCR(t *testing.T) {
	// "A recipient of such a bare CR MUST consider that element to be invalid or
	// replace each bare CR with SP before processing the element".
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-4
	for _, response := range []string{
		"HTTP/1.1 200 O\rK\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r: b\r\n\r\n", "HTTP/1.1 200 OK\r\r\nA: b\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\rc\r\n\r\n",
	} {
		refusedWhole(t, response)
	}
}

func TestClientRFC9112Section2_2RefusesSpaceBeforeTheFirstField(t *testing.T) {
	// "A recipient that receives whitespace between the start-line and the first
	// header field MUST either reject the message as invalid or consume each
	// whitespace-preceded line without further processing of it".
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-8
	for _, space := range []string{" ", "\t", "  \t"} {
		refusedWhole(t, "HTTP/1.1 200 OK\r\n"+space+"Content-Length: 5\r\n\r\nhello")
		refusedWhole(t, "HTTP/1.1 200 OK\r\n"+space+"\r\nContent-Length: 5\r\n\r\nhello")
	}
}

func TestClientRFC9112Section5_2ReplacesFolds(t *testing.T) {
	// "A user agent that receives an obs-fold in a response message [...] MUST
	// replace each received obs-fold with one or more SP octets prior to
	// interpreting the field value."
	// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-6
	a, kept := exchanged(t, "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\nConnection: x,\r\n\tclose\r\nA: b\r\n \t c\r\n\r\nhello", false)
	want(t, a, 200, "hello")
	if got := strings.Fields(a.resp.Header.Get("A")); len(got) != 2 || kept {
		t.Errorf("got %q, kept %v", got, kept)
	}
}

func TestClientRFC9112Section6_1ChunkedOfHTTP10ClosesTheConnection(t *testing.T) {
	// "A server or client that receives an HTTP/1.0 message containing a
	// Transfer-Encoding header field MUST treat the message as if the framing is
	// faulty, even if a Content-Length is present, and close the connection".
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-16
	refusedWhole(t, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
	refusedWhole(t, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello")
}

func TestClientRFC9112Section6_3Item1EndsWithTheHead(t *testing.T) {
	// "any response with a 1xx (Informational), 204 (No Content), or 304 (Not
	// Modified) status code is always terminated by the first empty line after
	// the header fields, regardless of the header fields present".
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1
	for _, status := range []string{"204 No Content", "304 Not Modified"} {
		for _, lines := range []string{
			"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: x\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
		} {
			a, _ := exchanged(t, "HTTP/1.1 "+status+"\r\n"+lines+"\r\n", false)
			if a.err != nil || a.body != "" {
				t.Errorf("%s, %q: got %v, %q", status, lines, a.err, a.body)
			}
			a, _ = exchanged(t, "HTTP/1.1 103 Early\r\n"+lines+"\r\nHTTP/1.1 "+status+"\r\n\r\n", false)
			if a.err != nil || a.body != "" {
				t.Errorf("103 with %q: got %v, %q", lines, a.err, a.body)
			}
		}
	}
}

func TestClientRFC9112Section6_3Item2IgnoresFramingBehindConnect(t *testing.T) {
	// "A client MUST ignore any Content-Length or Transfer-Encoding header
	// fields received in such a message."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.2
	for _, lines := range []string{
		"Content-Length: 5\r\n", "Content-Length: x\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: chunked\r\n",
		"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
	} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.send(request(t, "CONNECT", "http://example.com", nil))
			s := e.accept()
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\n" + lines + "\r\nthrough the tunnel")
			s.Close()
			want(t, <-out, 200, "through the tunnel")
		})
	}
}

func TestClientRFC9112Section6_3Item5DiscardsAnInvalidLength(t *testing.T) {
	// "If it is in a response message received by a user agent, the user agent
	// MUST close the connection to the server and discard the received response."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.5
	for _, value := range []string{"", "x", "-5", "+5", "5 5", "5;", "5,6", "5,", ",5", "5,x", "0x5", "5.0", "9223372036854775808", "99999999999999999999"} {
		refusedWhole(t, "HTTP/1.1 200 OK\r\nContent-Length: "+value+"\r\n\r\nhello")
	}
	refusedWhole(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\nContent-Length: 6\r\n\r\nhello!")
	for _, lines := range []string{"Content-Length: 5, 5\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n"} {
		a, kept := exchanged(t, "HTTP/1.1 200 OK\r\n"+lines+"\r\nhello", false)
		if want(t, a, 200, "hello"); !kept {
			t.Errorf("%q: the connection was closed", lines)
		}
	}
}

func TestClientRFC9112Section6_3ExtraDataIsNoResponse(t *testing.T) {
	// "A client MUST NOT process, cache, or forward such extra data as a separate
	// response, since such behavior would be vulnerable to cache poisoning."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-8
	for _, first := range []string{
		okHello, "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.get()
			s := e.accept()
			s.WantHead()
			s.Write(first + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
			if a := <-out; a.err != nil {
				t.Errorf("%q: %v", first, a.err)
			}
			s.WantEOF()
			out = e.get()
			s = e.accept() // another connection
			s.WantHead()
			s.Write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
			want(t, <-out, 404, "")
		})
	}
}

func TestClientRFC9112Section7_1_2KeepsTrailersApart(t *testing.T) {
	// "A recipient that retains a received trailer field MUST either
	// store/forward the trailer field separately from the received header fields
	// or merge the received trailer field into the header section" by what its
	// definition permits.
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-3
	a, kept := exchanged(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n"+
		"5\r\nhello\r\n0\r\nContent-Type: c/d\r\nContent-Length: 1\r\nConnection: close\r\nX-Sum: 1\r\n\r\n", false)
	want(t, a, 200, "hello")
	diff(t, a.resp.Header, http.Header{"Content-Type": {"a/b"}})
	diff(t, a.resp.Trailer, http.Header{"X-Sum": {"1"}})
	if !kept {
		t.Error("a trailer field has closed the connection")
	}
}

func TestClientRFC9112Section8KnowsAnIncompleteResponse(t *testing.T) {
	// "A client that receives an incomplete response message [...] MUST record
	// the message as incomplete."
	// https://www.rfc-editor.org/rfc/rfc9112#section-8-2
	for _, whole := range []string{
		okHello, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n",
	} {
		for cut := range len(whole) {
			if a, kept := exchanged(t, whole[:cut], true); !errors.Is(a.err, io.ErrUnexpectedEOF) || kept {
				t.Errorf("%q: got %v, kept %v", whole[:cut], a.err, kept)
			}
		}
	}
}

func TestClientRFC9112Section9_3Persistence(t *testing.T) {
	// "If the "close" connection option is present (Section 9.6), the connection
	// will not persist after the current response; else, If the received protocol
	// is HTTP/1.1 (or later), the connection will persist after the current
	// response; else, If the received protocol is HTTP/1.0, the "keep-alive"
	// connection option is present, [...] the connection will persist".
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-3.1
	// RFC 9110, section 5.6.1.2: "A recipient MUST parse and ignore a reasonable
	// number of empty list elements".
	// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2-1
	for _, tt := range []struct {
		version, lines string
		kept           bool
	}{
		{"1.1", "", true}, {"1.2", "", true}, {"1.0", "", false},
		{"1.1", "Connection: close\r\n", false}, {"1.1", "Connection: CLOSE\r\n", false}, {"1.1", "Connection: ,x , ,\tclose\t,,\r\n", false},
		{"1.1", "Connection: x\r\nConnection: close\r\n", false}, {"1.1", "Connection: closed\r\n", true}, {"1.1", "Connection: x;close\r\n", true},
		{"1.0", "Connection: keep-alive\r\n", true}, {"1.0", "Connection: ,Keep-Alive,\r\n", true}, {"1.0", "Connection: keep-alive, close\r\n", false},
		{"1.0", "Keep-Alive: timeout=5\r\n", false}, {"1.0", "Proxy-Connection: keep-alive\r\n", false}, {"1.1", "Proxy-Connection: close\r\n", true},
	} {
		a, kept := exchanged(t, "HTTP/"+tt.version+" 200 OK\r\n"+tt.lines+"Content-Length: 5\r\n\r\nhello", false)
		if want(t, a, 200, "hello"); kept != tt.kept {
			t.Errorf("%s with %q: kept %v, want %v", tt.version, tt.lines, kept, tt.kept)
		}
	}
}

func TestClientRFC9110Section15UnknownStatusIsOfItsClass(t *testing.T) {
	// "a client MUST understand the class of any status code, as indicated by the
	// first digit, and treat an unrecognized status code as being equivalent to
	// the x00 status code of that class".
	// https://www.rfc-editor.org/rfc/rfc9110#section-15-4
	for _, status := range []int{299, 399, 499, 599} {
		a, kept := exchanged(t, fmt.Sprint("HTTP/1.1 ", status, " Odd\r\nContent-Length: 5\r\n\r\nhello"), false)
		if want(t, a, status, "hello"); !kept {
			t.Errorf("%d: the connection was closed", status)
		}
	}
	a, _ := exchanged(t, "HTTP/1.1 199 Odd\r\nContent-Length: 5\r\n\r\n"+okHello, false)
	want(t, a, 200, "hello")
}

func TestClientRFC9110Section15_2PassesInterimResponses(t *testing.T) {
	// "A client MUST be able to parse one or more 1xx responses received prior to
	// a final response, even if the client does not expect one."
	// https://www.rfc-editor.org/rfc/rfc9110#section-15.2-3
	a, kept := exchanged(t, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nConnection: close\r\nX-Interim: 1\r\n\r\nHTTP/1.0 103 Early\r\n\r\n"+okHello, false)
	want(t, a, 200, "hello")
	diff(t, a.resp.Header, http.Header{"Content-Length": {"5"}})
	if !kept {
		t.Error("an interim response has closed the connection")
	}
}

func TestClientRFC9110Section5_1NamesAreCaseInsensitive(t *testing.T) {
	// "Field names are case-insensitive".
	// https://www.rfc-editor.org/rfc/rfc9110#section-5.1-3
	a, _ := exchanged(t, "HTTP/1.1 200 OK\r\ncOnTeNt-lEnGtH: 5\r\nx-a: 1\r\nX-A: 2\r\n\r\nhello", false)
	want(t, a, 200, "hello")
	diff(t, a.resp.Header["X-A"], []string{"1", "2"})
	a, _ = exchanged(t, "HTTP/1.1 200 OK\r\ntRANSFER-eNCODING: cHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false)
	want(t, a, 200, "hello")
}

func TestClientRFC9110Section9_3_6RefusedConnectIsStillHTTP(t *testing.T) {
	// "Any response other than a successful response indicates that the tunnel
	// has not yet been formed."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-7
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(request(t, "CONNECT", "http://example.com", nil))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 5\r\n\r\nhello")
		want(t, <-out, 407, "hello")
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestClientRFC9110Section7_8SwitchesNotBeforeItHasSentAll(t *testing.T) {
	// "A client cannot begin using an upgraded protocol on the connection until it
	// has completely sent the request message".
	// https://www.rfc-editor.org/rfc/rfc9110#section-7.8-15
	const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
	upload := request(t, "POST", "http://example.com/", strings.NewReader(strings.Repeat("x", 1<<20)))
	for _, req := range []*http.Request{upload, expecting(t)} {
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.send(req)
			s := e.accept()
			s.WantHead()
			s.Write(switching)
			if err := wantError(t, (<-out).err, connector.PhaseHead); !strings.Contains(err.Error(), "server switched protocols before the request was sent whole") {
				t.Errorf("got %v", err)
			}
			e.wantStats(connector.Stats{})
		})
	}
}
