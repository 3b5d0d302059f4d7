package fetch

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Limits of a pattern. Both are far above what fits on a command line; they
// keep a hostile pattern from growing the stack.
const (
	maxPatternBytes = 1 << 20
	maxPatternDepth = 64
)

// Expand yields every string that pattern stands for, in order, one at a time:
// a pattern for a billion URLs costs no more memory than one for two.
//
//	{8010..8016}   8010, 8011, ... 8016; {9..1} counts down
//	{01..10}       01, 02, ... 10: as wide as the wider end when one has a leading zero
//	{0..100..10}   0, 10, ... 100
//	{a..e}         a, b, ... e
//	{a,b,}         a, b and nothing
//
// Groups stand beside and within each other; the last one turns fastest. A
// backslash takes the meaning from the next character. A pattern that is not
// well formed yields one error, which names the column, and nothing else.
func Expand(pattern string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		seq, err := parsePattern(pattern)
		if err != nil {
			yield("", &inputError{kind: "invalid pattern", text: fmt.Sprintf("pattern %q: %v", shorten(pattern, 200), err)})
			return
		}
		seq.each(make([]byte, 0, len(pattern)), func(b []byte) bool {
			return yield(string(b), nil)
		})
	}
}

// A node is a part of a pattern. It calls next with prefix followed by each of
// its own values, and reports whether to go on. The bytes are valid only
// during the call.
type node interface {
	each(prefix []byte, next func([]byte) bool) bool
}

type (
	literal  string
	sequence []node     // one after the other
	choice   []sequence // one of them
	span     struct {
		from, to, step int64
		width          int
		letters        bool
	}
)

func (l literal) each(prefix []byte, next func([]byte) bool) bool {
	return next(append(prefix, l...))
}

func (s sequence) each(prefix []byte, next func([]byte) bool) bool {
	if len(s) == 0 {
		return next(prefix)
	}
	return s[0].each(prefix, func(b []byte) bool { return s[1:].each(b, next) })
}

func (c choice) each(prefix []byte, next func([]byte) bool) bool {
	for _, s := range c {
		if !s.each(prefix, next) {
			return false
		}
	}
	return true
}

func (s span) each(prefix []byte, next func([]byte) bool) bool {
	for n := s.from; ; {
		var b []byte
		if s.letters {
			b = append(prefix, byte(n))
		} else {
			b = appendPadded(prefix, n, s.width)
		}
		if !next(b) {
			return false
		}
		// The distance is compared, not the sum, which may overflow.
		if s.from <= s.to {
			if uint64(s.to)-uint64(n) < uint64(s.step) {
				return true
			}
			n += s.step
		} else {
			if uint64(n)-uint64(s.to) < uint64(s.step) {
				return true
			}
			n -= s.step
		}
	}
}

// appendPadded appends n in at least width characters, sign included.
func appendPadded(b []byte, n int64, width int) []byte {
	var tmp [20]byte
	digits := strconv.AppendInt(tmp[:0], n, 10)
	if n < 0 {
		b, digits, width = append(b, '-'), digits[1:], width-1
	}
	for i := len(digits); i < width; i++ {
		b = append(b, '0')
	}
	return append(b, digits...)
}

type patternParser struct {
	src   string
	pos   int
	depth int
}

func parsePattern(pattern string) (sequence, error) {
	if len(pattern) > maxPatternBytes {
		return nil, fmt.Errorf("longer than %d bytes", maxPatternBytes)
	}
	p := patternParser{src: pattern}
	seq, err := p.sequence()
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.src) { // only '}' ends a sequence at depth 0
		return nil, fmt.Errorf(`column %d: '}' closes nothing; write \} for the character`, p.pos+1)
	}
	return seq, nil
}

// sequence reads up to the '}' or, inside a group, the ',' that ends it.
func (p *patternParser) sequence() (sequence, error) {
	var (
		seq  sequence
		text []byte
	)
	flush := func() {
		if len(text) > 0 {
			seq, text = append(seq, literal(text)), nil
		}
	}
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == '\\':
			if p.pos+1 == len(p.src) {
				return nil, fmt.Errorf(`column %d: '\' at the end escapes nothing`, p.pos+1)
			}
			text = append(text, p.src[p.pos+1])
			p.pos += 2
		case c == '{':
			flush()
			n, err := p.group()
			if err != nil {
				return nil, err
			}
			seq = append(seq, n)
		case c == '}', c == ',' && p.depth > 0:
			flush()
			return seq, nil
		default:
			text = append(text, c)
			p.pos++
		}
	}
	flush()
	return seq, nil
}

// group reads from '{' to its '}'.
func (p *patternParser) group() (node, error) {
	open := p.pos
	if n, end, err := parseSpan(p.src, open); err != nil {
		return nil, err
	} else if end > 0 {
		p.pos = end
		return n, nil
	}
	p.depth++
	if p.depth > maxPatternDepth {
		return nil, fmt.Errorf("column %d: more than %d groups within each other", open+1, maxPatternDepth)
	}
	var alternatives choice
	for {
		p.pos++ // '{' or ','
		s, err := p.sequence()
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, s)
		if p.pos == len(p.src) {
			return nil, fmt.Errorf(`column %d: '{' is not closed; write \{ for the character`, open+1)
		}
		if p.src[p.pos] == '}' {
			break
		}
	}
	p.pos++
	p.depth--
	if len(alternatives) == 1 {
		return nil, fmt.Errorf(`column %d: %s is neither {a,b} nor {1..9}; write \{ for the character`,
			open+1, shorten(p.src[open:p.pos], 40))
	}
	return alternatives, nil
}

// parseSpan reads {from..to} or {from..to..step} at src[open]. An end of zero
// means that it is no such group.
func parseSpan(src string, open int) (n node, end int, err error) {
	closing := strings.IndexAny(src[open+1:], `{},\`)
	if closing < 0 || src[open+1+closing] != '}' {
		return nil, 0, nil
	}
	body := src[open+1 : open+1+closing]
	if !strings.Contains(body, "..") {
		return nil, 0, nil
	}
	end = open + closing + 2
	bad := func(format string, args ...any) (node, int, error) {
		return nil, 0, fmt.Errorf("column %d: {%s}: %s", open+1, shorten(body, 60), fmt.Sprintf(format, args...))
	}
	parts := strings.Split(body, "..")
	if len(parts) > 3 {
		return bad("want {from..to} or {from..to..step}")
	}
	s := span{step: 1}
	if len(parts) == 3 {
		if s.step, err = strconv.ParseInt(parts[2], 10, 64); err != nil || s.step <= 0 {
			return bad("the step must be a number above 0")
		}
	}
	if isLetter(parts[0]) && isLetter(parts[1]) {
		s.from, s.to, s.letters = int64(parts[0][0]), int64(parts[1][0]), true
		return s, end, nil
	}
	for i, to := range []*int64{&s.from, &s.to} {
		if *to, err = strconv.ParseInt(parts[i], 10, 64); err != nil || strings.HasPrefix(parts[i], "+") {
			return bad("%q is not a number of up to 18 digits", parts[i])
		}
		if digits := strings.TrimPrefix(parts[i], "-"); len(digits) > 1 && digits[0] == '0' {
			s.width = max(len(parts[0]), len(parts[1]))
		}
	}
	return s, end, nil
}

func isLetter(s string) bool {
	return len(s) == 1 && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// shorten cuts s to at most n bytes, marked by dots.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
