package sse

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Event is one event of a stream.
type Event struct {
	// Type is what the server calls it, "message" when it gives it no name.
	Type string

	// Data is the text, its lines joined by LF.
	Data string

	// ID is the last event ID: that of this event or, where it has none, of the
	// last one before that had. Empty when there was none.
	ID string
}

// Limits bound what a [Reader] holds in memory. For each field zero means the
// documented default and a negative value means no limit.
type Limits struct {
	// LineBytes bounds one line without its end, be it of an event or of a
	// comment. Default 4 MiB, room for a picture in base64.
	LineBytes int

	// EventBytes bounds the data of one event. Default 16 MiB, four of the
	// longest lines.
	EventBytes int
}

// LimitError is a line or an event above its limit. It ends the stream.
type LimitError struct {
	What  string // "line" or "event"
	Limit int    // in bytes
}

// Error gives "event stream: line above the limit of 4194304 bytes".
func (e *LimitError) Error() string {
	return fmt.Sprintf("event stream: %s above the limit of %d bytes", e.What, e.Limit)
}

// Read yields the events of a stream up to its end:
//
//	for event, err := range sse.Read(resp) { ... }
//
// An error ends the loop: one of r's own, or a [*LimitError]. Of an event that
// was cut short nothing is given. The end of the loop closes r where it is an
// [io.Closer], as a response is. Read takes at most one Limits and panics if given
// more.
func Read(r io.Reader, limits ...Limits) iter.Seq2[Event, error] {
	in := NewReader(r, limits...)
	return func(yield func(Event, error) bool) {
		if c, ok := r.(io.Closer); ok {
			defer c.Close()
		}
		for {
			event, err := in.Next()
			if err == io.EOF {
				return
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// Reader takes an event stream apart. It gives each event as soon as the line
// end behind it was read. It is not safe for concurrent use.
type Reader struct {
	src    io.Reader
	limits Limits

	buf        []byte // what was read
	from, to   int    // the part of buf that is still to be taken apart
	afterCR    bool   // the last line ended in CR: an LF now belongs to that end
	begun      bool   // the first line was read
	failure    error  // of src, or a limit
	kind, data []byte // of the event so far
	id         string // the last that was read
	committed  string // the last of an event that is complete
	retry      time.Duration
}

const (
	defaultLineBytes  = 4 << 20
	defaultEventBytes = 16 << 20
	firstBuffer       = 4 << 10
)

// NewReader makes a Reader of a stream. It takes at most one Limits and panics if
// given more.
func NewReader(r io.Reader, limits ...Limits) *Reader {
	in := &Reader{src: r, retry: -1, limits: options.One("sse: NewReader", limits)}
	in.limits.LineBytes = limitOf(in.limits.LineBytes, defaultLineBytes)
	in.limits.EventBytes = limitOf(in.limits.EventBytes, defaultEventBytes)
	return in
}

func limitOf(given, standard int) int {
	switch {
	case given == 0:
		return standard
	case given < 0:
		return math.MaxInt
	}
	return given
}

// LastEventID gives the ID that a server is to be told when it is asked again. It
// may be that of an event without data, which Next does not give.
func (r *Reader) LastEventID() string { return r.committed }

// Retry gives the time that the server wants a client to wait before it asks
// again; false when it has said nothing about it.
func (r *Reader) Retry() (time.Duration, bool) { return max(r.retry, 0), r.retry >= 0 }

// Next gives the next event, and io.EOF when the stream has ended. After an error
// it gives the same error.
func (r *Reader) Next() (Event, error) {
	for {
		line, err := r.line()
		if err != nil {
			// "Once the end of the file is reached, any pending data must be
			// discarded. (If the file ends in the middle of an event, before the
			// final empty line, the incomplete event is not dispatched.)"
			// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
			return Event{}, err
		}
		if len(line) == 0 {
			if event, ok := r.dispatch(); ok {
				return event, nil
			}
			continue
		}
		if err := r.field(line); err != nil {
			return Event{}, r.end(err)
		}
	}
}

// end lets the stream end here, with what was read of it and not yet looked at.
func (r *Reader) end(err error) error {
	r.failure, r.from, r.to = err, 0, 0
	return err
}

// dispatch ends an event. One without data is none.
//
// "If the data buffer is an empty string, set the data buffer and the event type
// buffer to the empty string and return."
// https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
func (r *Reader) dispatch() (Event, bool) {
	r.committed = r.id
	kind, data := r.kind, r.data
	r.kind, r.data = r.kind[:0], r.data[:0]
	if len(data) == 0 {
		return Event{}, false
	}
	event := Event{Type: "message", Data: text(data[:len(data)-1]), ID: r.id}
	if len(kind) > 0 {
		event.Type = text(kind)
	}
	if cap(data) > keptBytes {
		r.data = nil
	}
	return event, true
}

// keptBytes is up to which size the memory of an event is used for the next.
const keptBytes = 64 << 10

// text gives what the Encoding standard makes of octets, but for the number of
// replacement characters.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }

// field takes one line of an event.
//
// "Collect the characters on the line before the first U+003A COLON character
// (:), and let field be that string. Collect the characters on the line after the
// first U+003A COLON character (:), and let value be that string. If value starts
// with a U+0020 SPACE character, remove it from value."
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
func (r *Reader) field(line []byte) error {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "event":
		r.kind = append(r.kind[:0], value...)
	case "data":
		if len(r.data)+len(value) > r.limits.EventBytes {
			return &LimitError{"event", r.limits.EventBytes}
		}
		r.data = append(append(r.data, value...), '\n')
	case "id":
		// "If the field value does not contain U+0000 NULL, then set the last
		// event ID buffer to the field value. Otherwise, ignore the field."
		// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
		if bytes.IndexByte(value, 0) < 0 {
			r.id = text(value)
		}
	case "retry":
		if wait, ok := milliseconds(value); ok {
			r.retry = wait
		}
	}
	return nil // the empty name is that of a comment
}

// milliseconds reads what "consists of only ASCII digits". What no duration can
// hold is the longest one.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
func milliseconds(digits []byte) (time.Duration, bool) {
	const most = math.MaxInt64 / int64(time.Millisecond)
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int64(c-'0'); n > most/10 {
			n = most / 10
		}
	}
	return time.Duration(n) * time.Millisecond, len(digits) > 0
}

// line gives the next line without its end: CRLF, LF, or CR. It is good until the
// next call. A line that ends in CR is given at once, and not only when it is
// known whether an LF follows.
func (r *Reader) line() ([]byte, error) {
	searched := 0
	for {
		if r.afterCR && r.from < r.to {
			r.afterCR = false
			if r.buf[r.from] == '\n' {
				r.from++
			}
		}
		pending := r.buf[r.from:r.to]
		if i := lineEnd(pending[searched:]); i >= 0 {
			end := searched + i
			line := pending[:end]
			r.from += end + 1
			r.afterCR = pending[end] == '\r'
			if end > r.limits.LineBytes {
				return nil, r.end(&LimitError{"line", r.limits.LineBytes})
			}
			if !r.begun {
				// "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order
				// Mark (BOM), if any."
				// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
				r.begun, line = true, bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			return line, nil
		}
		searched = len(pending)
		if searched > r.limits.LineBytes {
			return nil, r.end(&LimitError{"line", r.limits.LineBytes})
		}
		if r.failure != nil {
			return nil, r.failure
		}
		r.fill()
	}
}

// lineEnd finds the first CR or LF, or gives -1.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf < 0 {
		return bytes.IndexByte(b, '\r')
	}
	if cr := bytes.IndexByte(b[:lf], '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// emptyReads is how often a reader may give nothing before it is given up.
const emptyReads = 100

// fill reads more, and makes room for it where there is none.
func (r *Reader) fill() {
	switch {
	case r.from == r.to:
		r.from, r.to = 0, 0
		if len(r.buf) > keptBytes {
			r.buf = nil
		}
	case r.to == len(r.buf):
		r.to = copy(r.buf, r.buf[r.from:r.to])
		r.from = 0
	}
	if r.to == len(r.buf) {
		r.buf = append(r.buf, make([]byte, max(len(r.buf), firstBuffer))...)
	}
	for range emptyReads {
		n, err := r.src.Read(r.buf[r.to:])
		r.to += n
		r.failure = err
		if n > 0 || err != nil {
			return
		}
	}
	r.failure = io.ErrNoProgress
}
