package cache

import (
	"strings"
	"time"
)

// flag is one of the directives of Cache-Control that have no argument, or the
// presence of one that has.
type flag uint32

const (
	noStore flag = 1 << iota
	noCache
	private
	public
	mustRevalidate
	proxyRevalidate
	mustUnderstand
	immutable
	onlyIfCached
	hasMaxAge
	hasSMaxAge
	hasMaxStale
	hasMinFresh
	hasWhileRevalidate
	hasIfError
)

// directives is what the Cache-Control fields of a message say. The durations
// mean something where their flag is set.
type directives struct {
	set             flag
	maxAge          time.Duration
	sMaxAge         time.Duration
	maxStale        time.Duration // negative: any
	minFresh        time.Duration
	whileRevalidate time.Duration
	ifError         time.Duration
	noCacheFields   []string // of no-cache="..."
	privateFields   []string // of private="..."
}

func (d *directives) has(f flag) bool { return d.set&f != 0 }

// simple are the directives that have no argument. One that they were given is
// ignored.
var simple = map[string]flag{
	"no-store": noStore, "public": public, "must-revalidate": mustRevalidate,
	"proxy-revalidate": proxyRevalidate, "must-understand": mustUnderstand,
	"immutable": immutable, "only-if-cached": onlyIfCached,
}

// parseDirectives reads the Cache-Control fields of a message.
//
// "When there is more than one value present for a given directive (e.g., two
// Expires header field lines or multiple Cache-Control: max-age directives),
// either the first occurrence should be used or the response should be
// considered stale." https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1-4
func parseDirectives(fields []string) directives {
	var d directives
	for _, rest := range fields {
		for rest != "" {
			var name, arg string
			var given bool
			name, arg, given, rest = nextDirective(rest)
			d.add(name, arg, given)
		}
	}
	return d
}

func (d *directives) add(name, arg string, given bool) {
	// Names are compared without case; most are lower case already.
	name = strings.ToLower(name)
	if f, ok := simple[name]; ok {
		d.set |= f
		return
	}
	switch name {
	case "max-age":
		d.seconds(hasMaxAge, &d.maxAge, arg)
	case "s-maxage":
		d.seconds(hasSMaxAge, &d.sMaxAge, arg)
	case "min-fresh":
		d.seconds(hasMinFresh, &d.minFresh, arg)
	case "stale-while-revalidate":
		d.seconds(hasWhileRevalidate, &d.whileRevalidate, arg)
	case "stale-if-error":
		d.seconds(hasIfError, &d.ifError, arg)
	case "max-stale":
		// "If no value is assigned to max-stale, then the client will accept a
		// stale response of any age."
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.2-3
		if given {
			d.seconds(hasMaxStale, &d.maxStale, arg)
		} else if !d.has(hasMaxStale) {
			d.set |= hasMaxStale
			d.maxStale = -1
		}
	case "no-cache":
		d.fields(noCache, &d.noCacheFields, arg)
	case "private":
		d.fields(private, &d.privateFields, arg)
	}
}

// seconds notes a directive with an argument of delta-seconds. One that is
// invalid counts as 0:
//
// "Caches are encouraged to consider responses that have invalid freshness
// information (e.g., a max-age directive with non-integer content) to be stale."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1-4
func (d *directives) seconds(f flag, into *time.Duration, arg string) {
	if d.has(f) {
		return
	}
	d.set |= f
	*into, _ = deltaSeconds(arg)
}

// fields notes a directive that concerns the whole response, or when it names
// fields, only those.
func (d *directives) fields(f flag, into *[]string, arg string) {
	named := false
	for name := range strings.SplitSeq(arg, ",") {
		if name = strings.Trim(name, " \t"); name != "" {
			*into = append(*into, name)
			named = true
		}
	}
	if !named {
		d.set |= f
	}
}

// forever is the largest age and lifetime.
//
// "If a cache receives a delta-seconds value greater than the greatest integer
// it can represent, or if any of its subsequent calculations overflows, the
// cache MUST consider the value to be 2147483648 (2^31) or the greatest positive
// integer it can conveniently represent."
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2-3
const forever = (1 << 31) * time.Second

// deltaSeconds reads a non-negative number of seconds.
func deltaSeconds(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	var n time.Duration
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = n*10 + time.Duration(s[i]-'0'); n > forever/time.Second {
			n = forever / time.Second
		}
	}
	return n * time.Second, true
}

// nextDirective cuts the first directive from a field's value. given tells
// whether it has an argument; a quoted one comes without its quotes. What is
// malformed is cut at the next comma, so that no directive hides behind a quote
// that nobody closes, and its argument is one that no directive takes.
//
//	cache-directive = token [ "=" ( token / quoted-string ) ]
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2-5
func nextDirective(s string) (name, arg string, given bool, rest string) {
	s = strings.TrimLeft(s, " \t,")
	end := strings.IndexAny(s, "=, \t")
	if end < 0 {
		return s, "", false, ""
	}
	name, s = s[:end], s[end:]
	if s[0] != '=' {
		_, rest, _ = strings.Cut(s, ",")
		return name, "", strings.TrimLeft(s[:len(s)-len(rest)], " \t,") != "", rest
	}
	s = s[1:]
	if text, after, ok := unquote(s); ok {
		tail, rest, _ := strings.Cut(after, ",")
		if strings.Trim(tail, " \t") == "" {
			return name, text, true, rest
		}
	}
	arg, rest, _ = strings.Cut(s, ",")
	return name, strings.TrimRight(arg, " \t"), true, rest
}

// unquote reads a quoted-string at the start of s.
func unquote(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	escaped := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			text = s[1:i]
			if escaped {
				text = unescape(text)
			}
			return text, s[i+1:], true
		}
	}
	return "", s, false
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
