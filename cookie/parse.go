package cookie

import (
	"net/http"
	"strings"
	"time"
)

// received is what one Set-Cookie field says, before the storage model judges it.
type received struct {
	name, value string
	// domain is the Domain attribute in lower case without its leading dot; empty
	// if there was none or it was empty.
	domain string
	// path is the Path attribute; empty means the default-path.
	path      string
	pathGiven bool

	maxAge, expires lifetime

	secure, httpOnly, partitioned bool
	sameSite                      http.SameSite
}

// lifetime is an expiry-time, if an attribute gave one.
type lifetime struct {
	end   time.Time
	given bool
}

// parse reads a set-cookie-string. Strings in the result share its memory.
//
// "A user agent MUST use an algorithm equivalent to the following algorithm to
// parse a set-cookie-string".
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
func parse(line string, now time.Time) (received, error) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, found := strings.Cut(pair, "=")
	if !found {
		name, value = "", pair
	}
	r := received{name: trimSpace(name), value: trimSpace(value)}
	if hasControl(line) {
		return r, errControl
	}
	if err := checkPair(r.name, r.value); err != nil {
		return r, err
	}
	for attributes != "" {
		var av string
		av, attributes, _ = strings.Cut(attributes, ";")
		key, val, _ := strings.Cut(av, "=")
		if val = trimSpace(val); len(val) <= maxAttributeOctets {
			r.attribute(trimSpace(key), val, now)
		}
	}
	return r, nil
}

// attribute takes one cookie-av. "Notice that attributes with unrecognized
// attribute-names are ignored." The last valid one of a name counts.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
func (r *received) attribute(key, val string, now time.Time) {
	switch {
	case equalFold(key, "expires"):
		if t, ok := parseDate(val); ok {
			r.expires = lifetime{end: t, given: true}
		}
	case equalFold(key, "max-age"):
		if age, ok := parseMaxAge(val); ok {
			r.maxAge = lifetime{end: ageEnd(age, now), given: true}
		}
	case equalFold(key, "domain"):
		r.domain = cleanDomain(val)
	case equalFold(key, "path"):
		r.path, r.pathGiven = cleanPath(val), true
	case equalFold(key, "secure"):
		r.secure = true
	case equalFold(key, "httponly"):
		r.httpOnly = true
	case equalFold(key, "partitioned"):
		r.partitioned = true
	case equalFold(key, "samesite"):
		r.sameSite = parseSameSite(val)
	}
}

// expiry gives the end of the cookie, zero for a session cookie. Max-Age wins over
// Expires wherever it stands.
//
// "Expires or Max-Age attributes that specify a lifetime longer than the limit MUST
// be reduced to the limit."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.5
func (r *received) expiry(now time.Time) (end time.Time, persistent bool) {
	l := r.expires
	if r.maxAge.given {
		l = r.maxAge
	}
	return capExpiry(l.end, now), l.given
}

func capExpiry(end, now time.Time) time.Time {
	if last := now.Add(maxAge); end.After(last) {
		return last
	}
	return end
}

// parseMaxAge reads delta-seconds and never overflows: what is longer than the
// limit of 400 days becomes the limit while it is read.
//
// "If the first character of the attribute-value is neither a DIGIT, nor a "-"
// character followed by a DIGIT, ignore the cookie-av. If the remainder of
// attribute-value contains a non-DIGIT character, ignore the cookie-av."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6.2
func parseMaxAge(s string) (age time.Duration, ok bool) {
	digits, negative := strings.CutPrefix(s, "-")
	if digits == "" {
		return 0, false
	}
	const limit = int64(maxAge / time.Second)
	var n int64
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return 0, false
		}
		n = min(n*10+int64(digits[i]-'0'), limit)
	}
	if negative {
		n = 0
	}
	return time.Duration(n) * time.Second, true
}

// ageEnd is "the earliest representable date and time" for an age of zero: any
// time that has passed will do.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6.2
func ageEnd(age time.Duration, now time.Time) time.Time {
	if age <= 0 {
		return time.Time{}
	}
	return now.Add(age)
}

func cleanDomain(s string) string {
	return strings.ToLower(strings.TrimPrefix(s, "."))
}

func cleanPath(s string) string {
	if !strings.HasPrefix(s, "/") {
		return ""
	}
	return s
}

func parseSameSite(s string) http.SameSite {
	switch {
	case equalFold(s, "none"):
		return http.SameSiteNoneMode
	case equalFold(s, "strict"):
		return http.SameSiteStrictMode
	case equalFold(s, "lax"):
		return http.SameSiteLaxMode
	}
	return 0
}

// fromHTTP reads a cookie that net/http's parser or a program made.
func fromHTTP(c *http.Cookie, now time.Time) (received, error) {
	r := received{
		name: trimSpace(c.Name), value: trimSpace(c.Value),
		domain: cleanDomain(c.Domain), path: cleanPath(c.Path), pathGiven: c.Path != "",
		secure: c.Secure, httpOnly: c.HttpOnly, partitioned: c.Partitioned, sameSite: c.SameSite,
	}
	if c.Quoted {
		r.value = `"` + c.Value + `"`
	}
	if c.SameSite == http.SameSiteDefaultMode {
		r.sameSite = 0
	}
	switch {
	case c.MaxAge != 0:
		// Compared before it is multiplied: an int of seconds overflows a Duration.
		age := time.Duration(min(max(c.MaxAge, 0), int(maxAge/time.Second))) * time.Second
		r.maxAge = lifetime{end: ageEnd(age, now), given: true}
	case c.Expires.Year() >= firstYear:
		r.expires = lifetime{end: c.Expires.UTC().Truncate(resolution), given: true}
	default:
		// net/http knows fewer forms of dates and leaves the others here.
		r.expires.end, r.expires.given = parseDate(c.RawExpires)
	}
	if hasControl(c.Domain) || hasControl(c.Path) {
		return r, errControl
	}
	if len(c.Domain) > maxAttributeOctets {
		r.domain = ""
	}
	if len(c.Path) > maxAttributeOctets {
		r.path, r.pathGiven = "", false
	}
	if strings.ContainsAny(r.name, "=;") || strings.ContainsRune(r.value, ';') {
		return r, errDelimiter
	}
	return r, checkPair(r.name, r.value)
}
