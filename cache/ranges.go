package cache

import (
	"strconv"
	"strings"
	"time"
)

// span is a part of a body.
type span struct{ from, length int64 }

var (
	whole     = span{0, -1}  // all of it: the Range field does not count
	elsewhere = span{-1, -1} // what is left to the origin
)

// contentRange gives the part as Content-Range has it.
func (s span) contentRange(total int64) string {
	return "bytes " + strconv.FormatInt(s.from, 10) + "-" + strconv.FormatInt(s.from+s.length-1, 10) + "/" + strconv.FormatInt(total, 10)
}

// readRange tells which part of a stored body a request wants. Several ranges, and
// those that cannot be satisfied, are left to the origin. So is all of a body that
// was decoded on its way in: the ranges that the origin gives are of other bytes.
func readRange(q *query, r *Record) span {
	if !ifRangeHolds(q.header["If-Range"], r) {
		return whole
	}
	lines := q.header["Range"]
	if len(lines) != 1 || r.Uncompressed {
		return elsewhere
	}
	unit, spec, _ := strings.Cut(lines[0], "=")
	first, last, ok := strings.Cut(strings.Trim(spec, " \t"), "-")
	if !ok || !strings.EqualFold(strings.Trim(unit, " \t"), "bytes") {
		return elsewhere
	}
	return spanOf(first, last, r.BodyBytes)
}

// spanOf gives the part that a range names.
//
//	int-range    = first-pos "-" [ last-pos ]
//	suffix-range = "-" suffix-length
//
// https://www.rfc-editor.org/rfc/rfc9110#section-14.1.1-3
func spanOf(first, last string, size int64) span {
	if first == "" {
		n, ok := position(last)
		if n = min(n, size); !ok || n == 0 {
			return elsewhere
		}
		return span{size - n, n}
	}
	from, ok := position(first)
	if !ok || from >= size {
		return elsewhere
	}
	to := size - 1
	if last != "" {
		n, ok := position(last)
		if !ok || n < from {
			return elsewhere
		}
		to = min(to, n)
	}
	return span{from, to - from + 1}
}

// position reads digits, and nothing else.
func position(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// ifRangeHolds tells whether a Range counts.
//
// "A valid entity-tag can be distinguished from a valid HTTP-date by examining the
// first three characters for a DQUOTE." ... "If the HTTP-date validator provided is
// not a strong validator in the sense defined by Section 8.8.2.2, the condition is
// false." https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
func ifRangeHolds(lines []string, r *Record) bool {
	if len(lines) == 0 {
		return true
	}
	rules := r.read()
	value := lines[0]
	if len(lines) == 1 && strings.Contains(value[:min(3, len(value))], `"`) {
		return sameTagStrongly(value, rules.etag)
	}
	modified, err1 := parseDate(rules.lastModified)
	date, err2 := parseDate(r.Header.Get("Date"))
	return len(lines) == 1 && err1 == nil && err2 == nil && value == rules.lastModified && date.Sub(modified) >= time.Second
}
