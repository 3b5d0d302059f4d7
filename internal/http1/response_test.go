package http1_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestClientParsesStatusLine(t *testing.T) {
	// "status-line = HTTP-version SP status-code SP [ reason-phrase ]"
	// https://www.rfc-editor.org/rfc/rfc9112#section-4-2
	for _, test := range []struct {
		name, line    string
		minor, status int
		reason        string
	}{
		{"usual", "HTTP/1.1 200 OK", 1, 200, "OK"},
		{"version-1.0", "HTTP/1.0 404 Not Found", 0, 404, "Not Found"},
		{"empty-reason", "HTTP/1.1 204 ", 1, 204, ""},
		{"no-space-behind-code", "HTTP/1.1 200", 1, 200, ""},
		{"reason-of-two-spaces", "HTTP/1.1 200   ", 1, 200, "  "},
		{"reason-with-tab-and-latin", "HTTP/1.1 200 tr\xe8s\tbien", 1, 200, "tr\xe8s\tbien"},
		{"unknown-code", "HTTP/1.1 471 Odd", 1, 471, "Odd"},
		{"invalid-code-of-three-digits", "HTTP/1.1 999 Odd", 1, 999, "Odd"},
		// "SHOULD process the message as if it were in the highest minor
		// version within that major version to which the recipient is
		// conformant"
		// https://www.rfc-editor.org/rfc/rfc9110#section-6.2-8
		{"higher-minor-version", "HTTP/1.7 200 OK", 1, 200, "OK"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := everySplit(t, test.line+"\r\nA: b\r\n\r\nrest", get)
			if got.Err != "" {
				t.Fatal(got.Err)
			}
			if got.Minor != test.minor || got.Status != test.status || got.Reason != test.reason || got.Rest != "rest" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// get reads the head of an answer to a GET.
func get(src io.Reader) head { return readHead(src, "GET", generous) }

func TestClientRejectsMalformedStatusLine(t *testing.T) {
	// "lenient parsing can result in response splitting security
	// vulnerabilities if there are multiple recipients of the message and each
	// has its own unique interpretation of robustness"
	// https://www.rfc-editor.org/rfc/rfc9112#section-4-3
	const status, start = "malformed: invalid status line", "malformed: not an HTTP/1 status line"
	for _, test := range []struct{ name, line, want string }{
		{"empty", "", start},
		{"space-before", " HTTP/1.1 200 OK", start},
		{"lower-case", "http/1.1 200 OK", start},
		{"http-2", "HTTP/2.0 200 OK", start},
		{"http-0.9", "<html>", start},
		{"shoutcast", "ICY 200 OK", start},
		{"tls-alert", "\x15\x03\x01\x00\x02\x02\x28", start},
		{"minor-of-two-digits", "HTTP/1.10 200 OK", status},
		{"minor-not-a-digit", "HTTP/1.x 200 OK", status},
		{"minor-missing", "HTTP/1. 200 OK", status},
		{"two-spaces", "HTTP/1.1  200 OK", status},
		{"tab", "HTTP/1.1\t200 OK", status},
		{"tab-behind-code", "HTTP/1.1 200\tOK", status},
		{"vertical-tab", "HTTP/1.1\v200 OK", status},
		{"no-code", "HTTP/1.1 ", status},
		{"no-code-but-reason", "HTTP/1.1 OK", status},
		{"two-digits", "HTTP/1.1 20", status},
		{"two-digits-and-reason", "HTTP/1.1 20 OK", status},
		{"four-digits", "HTTP/1.1 2000 OK", status},
		{"below-100", "HTTP/1.1 099 OK", status},
		{"signed", "HTTP/1.1 +20 OK", status},
		{"hex", "HTTP/1.1 0x0 OK", status},
		{"not-digits", "HTTP/1.1 2O0 OK", status},
		{"colon-behind-code", "HTTP/1.1 200:OK", status},
		{"nul-in-reason", "HTTP/1.1 200 O\x00K", status},
		{"cr-in-reason", "HTTP/1.1 200 O\rK", status},
		{"del-in-reason", "HTTP/1.1 200 O\x7fK", status},
		{"escape-in-reason", "HTTP/1.1 200 \x1b[2J", status},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := everySplit(t, test.line+"\r\n\r\n", get)
			if got.Err != test.want {
				t.Errorf("got %+v, want the error %q", got, test.want)
			}
		})
	}
}

func TestClientRejectsOtherProtocolAtOnce(t *testing.T) {
	for _, wire := range []string{"S", "HTTP/2", "HTTP/1,", "\r", "\n", "\x00"} {
		if got := get(open(wire)); got.Err != "malformed: not an HTTP/1 status line" {
			t.Errorf("%q: got %q", wire, got.Err)
		}
	}
}

func TestClientRejectsLoneLFAtOnce(t *testing.T) {
	// "a recipient MAY recognize a single LF as a line terminator and ignore any
	// preceding CR" - we do not, and do not wait for what may come behind it.
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-3
	for _, wire := range []string{
		"HTTP/1.1 200 OK\n",
		"HTTP/1.1 200 OK\r\nA: b\n",
		"HTTP/1.1 200 OK\r\n\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n\n",
		"HTTP/1.1 200 OK\r\nA: b\r\nC: d\n\r",
	} {
		for name, src := range map[string]io.Reader{
			"whole":  open(wire),
			"octets": &feed{strings.Split(wire, ""), errWaiting},
		} {
			if got := get(src); got.Err != "malformed: line ended by a lone LF" {
				t.Errorf("%q %s: got %+v", wire, name, got)
			}
		}
	}
}

func TestClientRejectsLoneLF(t *testing.T) {
	for _, wire := range []string{
		"HTTP/1.1 200 OK\nA: b\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\n\n",
		"HTTP/1.1 200 OK\n\n",
	} {
		for i := range len(wire) {
			if got := get(&feed{[]string{wire[:i], wire[i:]}, io.EOF}); !strings.HasPrefix(got.Err, "malformed: ") {
				t.Errorf("%q split at %d: got %+v", wire, i, got)
			}
		}
	}
}

func TestClientHeadCutShort(t *testing.T) {
	// "If a response terminates in the middle of the header section (before the
	// empty line is received) [...] the client cannot assume that meaning has
	// been conveyed"
	// https://www.rfc-editor.org/rfc/rfc9112#section-8-3
	const wire = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\n"
	for i := range len(wire) {
		want := io.ErrUnexpectedEOF.Error()
		if i == 0 {
			want = io.EOF.Error()
		}
		got := everySplit(t, wire[:i], get)
		if got.Err != want {
			t.Errorf("cut at %d: got %+v, want the error %q", i, got, want)
		}
	}
}

func TestClientHeadSourceError(t *testing.T) {
	for _, wire := range []string{"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nA"} {
		if got := get(open(wire)); got.Err != errWaiting.Error() {
			t.Errorf("%q: got %+v, want the source's error", wire, got)
		}
	}
}

func TestClientReadsInterimResponses(t *testing.T) {
	// "A client MUST be able to parse one or more 1xx responses received prior to
	// a final response, even if the client does not expect one."
	// https://www.rfc-editor.org/rfc/rfc9110#section-15.2-3
	const wire = "HTTP/1.1 100 Continue\r\n\r\n" +
		"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	got := everySplit(t, wire, func(src io.Reader) []int {
		var rd http1.Reader
		rd.Reset(src)
		defer rd.Release()
		var statuses []int
		for {
			var h http1.ResponseHead
			if err := rd.ReadResponseHead(&h, generous); err != nil {
				t.Error(err)
				return nil
			}
			statuses = append(statuses, h.Status)
			if kind, _ := h.BodyOf("GET"); h.Status >= 200 {
				return statuses
			} else if kind != http1.NoBody {
				t.Errorf("status %d has a body", h.Status)
			}
		}
	})
	if len(got) != 3 || got[0] != 100 || got[1] != 103 || got[2] != 200 {
		t.Errorf("got %v", got)
	}
}

func TestClientHeadSize(t *testing.T) {
	const wire = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
	var rd http1.Reader
	rd.Reset(whole(wire + "body"))
	defer rd.Release()
	var h http1.ResponseHead
	if err := rd.ReadResponseHead(&h, generous); err != nil {
		t.Fatal(err)
	}
	if h.Size != len(wire) {
		t.Errorf("size %d, want %d", h.Size, len(wire))
	}
	if got := string(rd.Buffered()); got != "body" {
		t.Errorf("left %q", got)
	}
}
