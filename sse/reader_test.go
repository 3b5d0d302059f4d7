package sse_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aiohttp-go/aiohttp/sse"
	"github.com/google/go-cmp/cmp"
)

// message is an event without a name and an ID.
func message(data string) sse.Event { return sse.Event{Type: "message", Data: data} }

// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
var streams = []struct {
	name, stream string
	want         []sse.Event
}{
	{"empty", "", nil},
	{"one", "data: a\n\n", []sse.Event{message("a")}},
	{"several-lines", "data: YHOO\ndata: +2\ndata: 10\n\n", []sse.Event{message("YHOO\n+2\n10")}},
	{"named", "event: add\ndata: 1\n\nevent: remove\ndata: 2\n\ndata: 3\n\n",
		[]sse.Event{{Type: "add", Data: "1"}, {Type: "remove", Data: "2"}, message("3")}},
	{"last-name-counts", "event: a\nevent: b\ndata\n\n", []sse.Event{{Type: "b"}}},
	{"empty-name", "event: a\nevent\ndata: 1\n\n", []sse.Event{message("1")}},
	{"comment", ": test stream\n\ndata: a\n:\n:b\n\n", []sse.Event{message("a")}},
	{"no-data", "event: a\nid: 1\n\ndata: b\n\n", []sse.Event{{Type: "message", Data: "b", ID: "1"}}},
	{"field-without-value", "data\n\ndata\ndata\n\ndata:", []sse.Event{message(""), message("\n")}},
	{"one-space-goes", "data:test\n\ndata: test\n\ndata:  test\n\ndata:\ttest \n\n",
		[]sse.Event{message("test"), message("test"), message(" test"), message("\ttest ")}},
	{"colons", "data: a:b: c\n\n", []sse.Event{message("a:b: c")}},
	{"case-counts", "Data: a\ndata: b\nDATA\n\n", []sse.Event{message("b")}},
	{"unknown-fields", "x: a\n data: b\ndata : c\ndata: d\n\n", []sse.Event{message("d")}},
	{"lf", "data: a\ndata: b\n\ndata: c\n\n", []sse.Event{message("a\nb"), message("c")}},
	{"cr", "data: a\rdata: b\r\rdata: c\r\r", []sse.Event{message("a\nb"), message("c")}},
	{"crlf", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", []sse.Event{message("a\nb"), message("c")}},
	{"mixed-ends", "data: a\r\ndata: b\n\r\ndata: c\r\n\rdata: d\n\r", []sse.Event{message("a\nb"), message("c"), message("d")}},
	{"bom", "\ufeffdata: a\n\n\ufeffdata: b\n\n", []sse.Event{message("a")}},
	{"two-boms", "\ufeff\ufeffdata: a\n\ndata: b\n\n", []sse.Event{message("b")}},
	{"part-of-a-bom", "\xef\xbbdata: a\n\ndata: b\n\n", []sse.Event{message("b")}},
	{"id-stays", "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
		[]sse.Event{{Type: "message", Data: "a", ID: "1"}, {Type: "message", Data: "b", ID: "1"}, message("c")}},
	{"id-with-nul", "id: 1\nid: 2\x003\ndata: a\n\n", []sse.Event{{Type: "message", Data: "a", ID: "1"}}},
	{"nul-in-data", "data: a\x00b\n\n", []sse.Event{message("a\x00b")}},
	{"invalid-octets", "data: a\xffb\n\n", []sse.Event{message("a\ufffdb")}},
	{"cut-before-the-blank-line", "data: a\n\ndata: b\n", []sse.Event{message("a")}},
	{"cut-in-a-line", "data: a\n\ndata: b", []sse.Event{message("a")}},
	{"long", "data: " + strings.Repeat("x", 100<<10) + "\n\ndata: b\n\n", []sse.Event{message(strings.Repeat("x", 100<<10)), message("b")}},
}

func TestReadEvents(t *testing.T) {
	for _, test := range streams {
		t.Run(test.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole":     strings.NewReader(test.stream),
				"by-octets": iotest.OneByteReader(strings.NewReader(test.stream)),
				"end-with":  iotest.DataErrReader(strings.NewReader(test.stream)),
			} {
				var got []sse.Event
				for event, err := range sse.Read(src) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, event)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// An event is given when the line end behind it was read, CR too: the LF that may
// follow is not waited for.
func TestReaderDoesNotWaitForMore(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		src, peer := io.Pipe()
		in := sse.NewReader(src)
		go io.WriteString(peer, "data: a"+end+end[:1])
		if event, err := in.Next(); err != nil || event != message("a") {
			t.Errorf("end %q: event %v, error %v", end, event, err)
		}
		go func() {
			io.WriteString(peer, end[1:]+"data: b"+end+end)
			peer.Close()
		}()
		if end == "\r\n" {
			// What was left of the blank line is no second one.
			if event, err := in.Next(); err != nil || event != message("b") {
				t.Errorf("end %q: event %v, error %v", end, event, err)
			}
		}
		src.Close()
	}
}

func TestReaderRetry(t *testing.T) {
	for _, test := range []struct {
		stream string
		want   time.Duration
		told   bool
	}{
		{"", 0, false},
		{"retry: 10000\n", 10 * time.Second, true},
		{"retry: 0\n", 0, true},
		{"retry: 1\nretry: 2\n", 2 * time.Millisecond, true},
		{"retry: 5\nretry: -1\nretry: 1.5\nretry: 1s\nretry\nretry:  7\n", 5 * time.Millisecond, true},
		{"retry: \u0663\n", 0, false},
		{"retry: 9223372036854775808999\n", 922337203685 * time.Millisecond, true},
	} {
		in := sse.NewReader(strings.NewReader(test.stream))
		if _, err := in.Next(); err != io.EOF {
			t.Fatal(err)
		}
		if got, told := in.Retry(); got != test.want || told != test.told {
			t.Errorf("%q: %v, %v, want %v, %v", test.stream, got, told, test.want, test.told)
		}
	}
}

// The ID of an event that was cut short does not count: the server would leave it
// out.
func TestReaderLastEventID(t *testing.T) {
	for stream, want := range map[string]string{
		"id: 1\ndata: a\n\n":                    "1",
		"id: 1\ndata: a\n\nid: 2\ndata: b\n":    "1",
		"id: 1\n\n":                             "1",
		"id: 1\ndata: a\n\nid: 2\n\n: idle\n\n": "2",
		"id: 1\ndata: a\n\nid\n\n":              "",
	} {
		in := sse.NewReader(strings.NewReader(stream))
		for {
			if _, err := in.Next(); err != nil {
				break
			}
		}
		if got := in.LastEventID(); got != want {
			t.Errorf("%q: last event ID %q, want %q", stream, got, want)
		}
	}
}

// endless is a stream without end that never ends a line, or an event.
type endless struct{ line string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	return n, nil
}

func TestReaderLimits(t *testing.T) {
	for _, test := range []struct {
		name   string
		src    io.Reader
		limits sse.Limits
		want   string
	}{
		{"line", endless{"x"}, sse.Limits{}, "event stream: line above the limit of 4194304 bytes"},
		{"event", endless{"data: " + strings.Repeat("x", 1000) + "\n"}, sse.Limits{}, "event stream: event above the limit of 16777216 bytes"},
		{"own-line", endless{":"}, sse.Limits{LineBytes: 10}, "event stream: line above the limit of 10 bytes"},
		{"own-event", endless{"data\n"}, sse.Limits{EventBytes: 10}, "event stream: event above the limit of 10 bytes"},
		{"line-that-ends", strings.NewReader("data: 12345\n\n"), sse.Limits{LineBytes: 10}, "event stream: line above the limit of 10 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := sse.NewReader(test.src, test.limits)
			for range 2 { // the error stays
				_, err := in.Next()
				var limit *sse.LimitError
				if !errors.As(err, &limit) || err.Error() != test.want {
					t.Errorf("error %v, want %s", err, test.want)
				}
			}
		})
	}
	in := sse.NewReader(strings.NewReader("data: 1234\n\n"), sse.Limits{LineBytes: 10, EventBytes: 4})
	if event, err := in.Next(); err != nil || event.Data != "1234" {
		t.Errorf("at the limit: event %v, error %v", event, err)
	}
}

// closer is a reader that knows whether it was closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestReadClosesAndGivesTheError(t *testing.T) {
	broken := errors.New("broken")
	src := &closer{Reader: io.MultiReader(strings.NewReader("data: a\n\ndata: b"), iotest.ErrReader(broken))}
	var got []sse.Event
	var err error
	for event, eventErr := range sse.Read(src) {
		if err = eventErr; err == nil {
			got = append(got, event)
		}
	}
	if diff := cmp.Diff([]sse.Event{message("a")}, got); diff != "" || err != broken || !src.closed {
		t.Errorf("events (-want +got):\n%s\nerror %v, closed %v", diff, err, src.closed)
	}
	src = &closer{Reader: strings.NewReader("data: a\n\ndata: b\n\n")}
	for range sse.Read(src) {
		break
	}
	if !src.closed {
		t.Error("leaving the loop has not closed the reader")
	}
}

// A reader that gives nothing for ever is given up.
func TestReaderWithoutProgress(t *testing.T) {
	if _, err := sse.NewReader(endless{strings.Repeat("x", 1<<20)}).Next(); err != io.ErrNoProgress {
		t.Errorf("error %v, want io.ErrNoProgress", err)
	}
}
