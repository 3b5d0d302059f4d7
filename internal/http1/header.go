package http1

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strings"
)

// Header makes a map of the fields, in a few allocations however many there
// are: one string for all of them, which the values are parts of, and one array
// for the values. backing, when it has room for a value each, is that array.
//
// memo, when it is not nil, remembers the fields for the next head of the same
// server, which then shares the strings of those that are the same.
func (f Fields) Header(backing []string, memo *Memo) http.Header {
	n := f.Count()
	h := make(http.Header, n)
	if n == 0 {
		return h
	}
	values := backing[:0]
	if cap(values) < n {
		values = make([]string, 0, n)
	}
	if len(f) > memoOctets {
		memo = nil
	}
	m := headerMaker{h: h, values: values}
	if memo.recalls(f) {
		for i := range memo.lines {
			m.add(memo.lines[i].key, memo.lines[i].value)
		}
		return h
	}
	text, same := texts{rest: f}, true
	for i := 0; len(text.rest) > 0; i++ {
		line := text.rest[:bytes.IndexByte(text.rest, '\n')+1]
		key, value, known := memo.field(i, line, &text)
		text.rest = text.rest[len(line):]
		m.add(key, value)
		same = same && known
	}
	memo.note(f, n, same)
	return h
}

// headerMaker puts fields into a map, and their values into an array.
type headerMaker struct {
	h      http.Header
	values []string
	seen   seen
}

func (m *headerMaker) add(key, value string) {
	m.values = append(m.values, value)
	last := len(m.values)
	if old := m.seen.another(key, m.h); old != nil {
		m.h[key] = append(old, value)
	} else {
		m.h[key] = m.values[last-1 : last : last]
	}
}

// seen remembers names by one bit each, so that a map need not be asked for most
// of those that it does not have.
type seen uint64

// another gives what h has of a name, and remembers the name.
func (s *seen) another(name string, h http.Header) []string {
	bit := seen(1) << ((7*len(name) + int(name[0]) + 3*int(name[len(name)-1])) % 64)
	if *s&bit != 0 {
		return h[name]
	}
	*s |= bit
	return nil
}

// texts gives the lines of a block as strings, which all are parts of one, made
// with the first that is asked for.
type texts struct {
	rest Fields // from the present line on
	all  string // from the first line that was asked for to the end
}

func (t *texts) of(line []byte) string {
	if t.all == "" {
		t.all = string(t.rest)
	}
	from := len(t.all) - len(t.rest)
	return t.all[from : from+len(line)]
}

// Memo remembers the lines of a server's last head: most send the same ones
// again and again, the Date apart. The zero value is ready, a nil one
// remembers nothing. It is not safe for concurrent use.
type Memo struct {
	lines []memoLine
	whole string // the fields of the last head, when it was the same as the one before
}

type memoLine struct{ line, key, value string }

// memoLines and memoOctets bound what is remembered: ordinary heads, not floods
// of cookies.
const (
	memoLines  = 16
	memoOctets = 2 << 10
)

// Repeats reports whether the last head was the same as the one before.
func (m *Memo) Repeats() bool { return m != nil && m.whole != "" }

// recalls reports whether the fields are those of the last head.
func (m *Memo) recalls(f Fields) bool { return m.Repeats() && m.whole == string(f) }

// note is told of a head of n lines, and whether each of them was known.
func (m *Memo) note(f Fields, n int, same bool) {
	switch {
	case m == nil:
	case same && n == len(m.lines):
		m.whole = string(f)
	default:
		m.whole = ""
		m.lines = m.lines[:min(n, len(m.lines))]
	}
}

// field takes a line, the i-th of its head, apart. One that is the same as that
// of the last head at that place is known, and not looked at twice.
func (m *Memo) field(i int, line []byte, text *texts) (key, value string, known bool) {
	if m != nil && i < len(m.lines) && m.lines[i].line == string(line) {
		return m.lines[i].key, m.lines[i].value, true
	}
	s := text.of(line)
	colon := strings.IndexByte(s, ':')
	key, value = canonical(s[:colon]), TrimOWS(s[colon+1:len(s)-len("\r\n")])
	switch {
	case m == nil || i >= memoLines:
	case i < len(m.lines):
		m.lines[i] = memoLine{s, key, value}
	default:
		m.lines = append(m.lines, memoLine{s, key, value})
	}
	return key, value, false
}

// canonical gives a field name in canonical form, without an allocation for
// one that has it already, as most on the wire have, and for the usual ones in
// lower case.
func canonical(name string) string {
	if known, ok := lowerNames[name]; ok {
		return known
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// lowerNames are the names that servers like to send in lower case.
var lowerNames = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{
		"Accept-Ranges", "Access-Control-Allow-Origin", "Age", "Alt-Svc", "Cache-Control",
		"Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Etag",
		"Expires", "Keep-Alive", "Last-Modified", "Link", "Location", "Pragma", "Server",
		"Set-Cookie", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "Via",
		"X-Cache", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id",
	} {
		m[strings.ToLower(name)] = name
	}
	return m
}()
