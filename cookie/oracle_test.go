package cookie_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// model is a cookie store by the text of RFC 6265bis, step by step and without a
// thought for speed: what is named in quotes below is a step of section 5.6, 5.7 or
// 5.8.3. Its hosts are canonical names, its paths have nothing to escape.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5
type model []modelled

type modelled struct {
	name, value, domain, path string
	hostOnly, secure          bool
	persistent                bool
	expires                   time.Time
}

var (
	ctl      = regexp.MustCompile(`[\x00-\x08\x0a-\x1f\x7f]`)
	seconds  = regexp.MustCompile("^-?[0-9]+$")
	clock    = regexp.MustCompile("^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9]|$)")
	day      = regexp.MustCompile("^([0-9]{1,2})(?:[^0-9]|$)")
	month    = regexp.MustCompile("(?i)^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
	year     = regexp.MustCompile("^([0-9]{2,4})(?:[^0-9]|$)")
	noToken  = regexp.MustCompile(`[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+`)
	prefixes = regexp.MustCompile("(?i)^__(secure|host)-")
)

// date is section 5.1.1.
func date(s string) (time.Time, bool) {
	var h, d, m, y []string
	for _, token := range noToken.Split(s, -1) {
		for _, part := range []struct {
			found *[]string
			form  *regexp.Regexp
		}{{&h, clock}, {&d, day}, {&m, month}, {&y, year}} {
			if *part.found == nil {
				if *part.found = part.form.FindStringSubmatch(token); *part.found != nil {
					break
				}
			}
		}
	}
	if h == nil || d == nil || m == nil || y == nil {
		return time.Time{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	years, mon := number(y[1]), strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m[1]))/3+1
	if years >= 70 && years <= 99 {
		years += 1900
	} else if years <= 69 {
		years += 2000
	}
	t := time.Date(years, time.Month(mon), number(d[1]), number(h[1]), number(h[2]), number(h[3]), 0, time.UTC)
	ok := years >= 1601 && number(h[1]) <= 23 && number(h[2]) <= 59 && number(h[3]) <= 59 && t.Day() == number(d[1]) && number(d[1]) > 0
	return t, ok
}

func domainMatches(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain) && !regexp.MustCompile("^[0-9.]+$").MatchString(host)
}

func pathMatches(path, of string) bool {
	return path == of || strings.HasPrefix(path, of) && (of[len(of)-1] == '/' || path[len(of)] == '/')
}

// read is section 5.6: what a Set-Cookie line says.
func read(line string, now time.Time) (c modelled, attributes map[string]string, ok bool) {
	if ctl.MatchString(line) {
		return c, nil, false
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, found := strings.Cut(pair, "=")
	if !found {
		name, value = "", pair
	}
	c.name, c.value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if len(c.name)+len(c.value) > 4096 || c.name+c.value == "" {
		return c, nil, false
	}
	attributes = map[string]string{} // the last of each name
	for _, av := range strings.Split(rest, ";") {
		key, val, _ := strings.Cut(av, "=")
		key, val = strings.ToLower(strings.Trim(key, " \t")), strings.Trim(val, " \t")
		_, dated := date(val)
		switch {
		case len(val) > 1024,
			key == "expires" && !dated,
			key == "max-age" && !seconds.MatchString(val):
			continue // "ignore the cookie-av"
		}
		attributes[key] = val
	}
	if end, given := attributes["expires"]; given {
		c.expires, _ = date(end)
		c.persistent = true
	}
	if age, given := attributes["max-age"]; given {
		n, err := strconv.ParseInt(age, 10, 32)
		if n = min(n, 400*24*60*60); err != nil && age[0] != '-' {
			n = 400 * 24 * 60 * 60
		} else if n <= 0 {
			n = -1 << 31
		}
		c.expires, c.persistent = now.Add(time.Duration(n)*time.Second), true
	}
	return c, attributes, true
}

// scope is section 5.7 as far as it is about one cookie: whether u may set it, and
// for where.
func (c *modelled) scope(u *url.URL, attributes map[string]string) bool {
	host, path := u.Hostname(), u.EscapedPath()
	domain := strings.ToLower(strings.TrimPrefix(attributes["domain"], "."))
	if suffix := domain == "test" || domain == "co.test"; suffix && domain == host {
		domain = ""
	} else if suffix || domain != "" && !domainMatches(host, domain) {
		return false
	}
	if c.domain, c.hostOnly = domain, domain == ""; c.hostOnly {
		c.domain = host
	}
	c.hostOnly = c.hostOnly || regexp.MustCompile("^[0-9.]+$").MatchString(host) // an address has nothing below
	if c.path = attributes["path"]; !strings.HasPrefix(c.path, "/") {
		c.path = "/"
		if i := strings.LastIndex(path, "/"); i > 0 {
			c.path = path[:i]
		}
	}
	_, c.secure = attributes["secure"]
	_, pathGiven := attributes["path"]
	prefix := strings.ToLower(prefixes.FindString(c.name))
	switch {
	case c.secure && u.Scheme != "https",
		strings.EqualFold(attributes["samesite"], "none") && !c.secure,
		prefix != "" && !c.secure,
		prefix == "__host-" && (!c.hostOnly || !pathGiven || c.path != "/"),
		c.name == "" && prefixes.MatchString(c.value):
		return false
	}
	return true
}

// set takes one Set-Cookie line that came from u.
func (m *model) set(u *url.URL, line string, now time.Time) {
	c, attributes, ok := read(line, now)
	if !ok || !c.scope(u, attributes) {
		return
	}
	old := -1
	for i, e := range *m {
		if !c.secure && u.Scheme != "https" && e.secure && e.name == c.name && pathMatches(c.path, e.path) &&
			(domainMatches(e.domain, c.domain) || domainMatches(c.domain, e.domain)) && site(e.domain) == site(c.domain) {
			return // the sites are not the RFC's: see store.overlaysSecure
		}
		if e.name == c.name && e.domain == c.domain && e.hostOnly == c.hostOnly && e.path == c.path {
			old = i
		}
	}
	expired := c.persistent && !c.expires.After(now)
	switch {
	case old >= 0 && expired:
		*m = slices.Delete(*m, old, old+1)
	case old >= 0:
		(*m)[old] = c // and keeps its creation-time
	case !expired:
		*m = append(*m, c)
	}
}

// site is a public suffix and a label more, or the suffix alone.
func site(domain string) string {
	return regexp.MustCompile(`([^.]+\.)?(co\.)?test$`).FindString(domain)
}

// header is section 5.8.3: the value of Cookie.
func (m model) header(u *url.URL) string {
	var matching []modelled
	for _, c := range m {
		domain := domainMatches(u.Hostname(), c.domain)
		if c.hostOnly {
			domain = u.Hostname() == c.domain
		}
		if domain && pathMatches(u.EscapedPath(), c.path) && (!c.secure || u.Scheme == "https") {
			matching = append(matching, c)
		}
	}
	slices.SortStableFunc(matching, func(a, b modelled) int { return len(b.path) - len(a.path) })
	var pairs []string
	for _, c := range matching {
		if c.name != "" {
			c.value = c.name + "=" + c.value
		}
		pairs = append(pairs, c.value)
	}
	return strings.Join(pairs, "; ")
}

// fewSuffixes are those of a small world.
type fewSuffixes struct{}

func (fewSuffixes) PublicSuffix(domain string) string {
	if domain == "co.test" || strings.HasSuffix(domain, ".co.test") {
		return "co.test"
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}
func (fewSuffixes) String() string { return "of a test" }

// lines makes Set-Cookie lines, odd ones among them.
type lines struct{ *rand.Rand }

func (l lines) pick(of ...string) string { return of[l.IntN(len(of))] }

func (l lines) line() string {
	s := l.pick("a", "b", "A", "", "__Host-a", "__secure-a", " a\t", "a b", "\xe9", "__Host-") + l.pick("=", "=", "=", " = ", "", "==") +
		l.pick("1", "2", "", "\"q\"", " v ", "x=y", "__Host-a=1", "\xff", "a,b", "\"a", strings.Repeat("x", 4090+l.IntN(10)))
	for range l.IntN(5) {
		s += l.pick(";", "; ", " ;\t") + l.pick("Path", "path ", "PATH", "Domain", "domain", "Secure", "secure", "Max-Age", "Expires", "expires", "SameSite", "HttpOnly", "Partitioned", "", "Sec\u017fure", "Pathx") +
			l.pick("=", "=", "=", "", " = ") + l.pick("/", "/x", "/x/", "/x/y", "x", "", "/X", "a.test", ".a.test", "..a.test", "w.a.test", "A.TEST", "a.test.", "test", "co.test", "o.co.test", "1.2.3.4", "none", "Lax", "0", "-1", "60", "+5", "5x", "-", "00060",
			"99999999999999999999", "-99999999999999999999", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 2094 08:49:37 GMT", "06-nov-94 8:9:7", "6/nov/2094 08:49:37x", "30 feb 2094 0:0:0", "29-Feb-2028 23:59:59", "1 jan 1600 0:0:0", "1 jan 1601 0:0:0",
			"24:0:0 1 jan 2030", "0:0 1 jan 2030", "2030 1 jan 1:1:1", "1:1:1 jan 1 030", "\t", strings.Repeat("/x", 510+l.IntN(5)))
	}
	if l.IntN(20) == 0 { // an octet of any kind, at any place
		i := l.IntN(len(s) + 1)
		s = s[:i] + string([]byte{byte(l.IntN(256))}) + s[i:]
	}
	return s
}

// TestJarIsTheStoreOfTheRFC lets a jar and the model live through the same things.
func TestJarIsTheStoreOfTheRFC(t *testing.T) {
	var urls []*url.URL
	for _, s := range []string{
		"http://a.test/", "https://a.test/", "http://a.test/x", "https://a.test/x/y", "http://w.a.test/x/", "https://w.a.test/X/y", "http://aa.test/x",
		"https://test/", "http://co.test/", "https://o.co.test/x/y/z", "http://p.co.test/", "http://1.2.3.4/x", "https://4.1.2.3.4.test/", "https://1.2.3.4/",
	} {
		urls = append(urls, parseURL(t, s))
	}
	for seed := range uint64(1500) {
		l := lines{rand.New(rand.NewPCG(6265, seed))}
		jar := cookie.New(cookie.Options{Now: at(start), PublicSuffixes: fewSuffixes{}})
		var m model
		var story []string
		for range 1 + l.IntN(12) {
			u, line := urls[l.IntN(len(urls))], l.line()
			story = append(story, u.String()+" "+line)
			jar.SetHeader(u, http.Header{"Set-Cookie": {line}})
			m.set(u, line, start)
		}
		for _, u := range urls {
			if got, want := jar.Header(u), m.header(u); got != want {
				t.Fatalf("seed %d: %s\nto %s got %.200q\nwant %.200q", seed, strings.Join(story, "\n"), u, got, want)
			}
		}
	}
}
