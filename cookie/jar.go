package cookie

import (
	"net/http"
	"net/url"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Jar keeps cookies. Make one with [New]. It is safe for concurrent use.
//
// A nil *Jar is a jar that keeps nothing: everything may be called on it but
// [Jar.Add], [Jar.Load] and its kin.
type Jar struct {
	opts  resolved
	store *store
}

var _ http.CookieJar = (*Jar)(nil)

// New makes an empty jar with at most one Options. It panics if there are more or if
// Options.InsecureOriginsAsSecure holds what is not an origin.
func New(opts ...Options) *Jar {
	j := &Jar{opts: options.One("cookie: New", opts).resolve()}
	j.store = newStore(&j.opts)
	return j
}

// SetHeader stores the cookies of every Set-Cookie field in h, the header of a
// response to a request for u. Cookies that are refused are dropped; see
// [Options.OnReject].
func (j *Jar) SetHeader(u *url.URL, h http.Header) {
	j.setStrings(u, h["Set-Cookie"], nil)
}

// SetCookieStrings stores cookies from the values of Set-Cookie fields, one cookie
// each, of a response to a request for u.
func (j *Jar) SetCookieStrings(u *url.URL, values []string) {
	j.setStrings(u, values, nil)
}

// SetCookies implements [http.CookieJar]. A cookie's attributes count as if u had
// sent them; Cookie.Raw and Cookie.Unparsed are not looked at.
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	if j == nil || len(cookies) == 0 {
		return
	}
	now := j.now()
	for _, hc := range cookies {
		if hc == nil {
			continue
		}
		r, err := fromHTTP(hc, now)
		j.set(u, &r, err, nil, now)
	}
}

func (j *Jar) setStrings(u *url.URL, values []string, from *Initiator) {
	if j == nil || len(values) == 0 {
		return
	}
	now := j.now()
	for _, line := range values {
		r, err := parse(line, now)
		j.set(u, &r, err, from, now)
	}
}

// set judges and stores one received cookie, or reports why not; err is what its
// parser thought of it.
func (j *Jar) set(u *url.URL, r *received, err error, from *Initiator, now time.Time) {
	if err == nil {
		err = j.accept(u, r, from, now)
	}
	if err != nil {
		j.reject(u, r.name, err)
	}
}

func (j *Jar) accept(u *url.URL, r *received, from *Initiator, now time.Time) error {
	t, err := j.target(u)
	if err != nil {
		return err
	}
	c, removal, err := j.receive(t, r, from, u, now)
	if err != nil {
		return err
	}
	j.store.expire(now)
	return j.store.put(c, removal, t.secure)
}

func (j *Jar) reject(u *url.URL, name string, cause error) {
	if j.opts.OnReject != nil {
		j.opts.OnReject(u, name, cause)
	}
}

// Header gives the value of the Cookie field for a request to u, empty if there is
// no cookie for it: then the field must not be sent.
func (j *Jar) Header(u *url.URL) string { return string(j.AppendHeader(nil, u)) }

// AppendHeader appends the value of the Cookie field for a request to u to dst, or
// nothing. It does not allocate but to grow dst, as long as the host is lower-case
// ASCII and not more than 32 cookies are sent.
func (j *Jar) AppendHeader(dst []byte, u *url.URL) []byte {
	return j.appendHeader(dst, u, nil)
}

// appendHeader enforces SameSite if from is not nil, as accept does.
func (j *Jar) appendHeader(dst []byte, u *url.URL, from *Initiator) []byte {
	if j.Len() == 0 {
		return dst
	}
	t, err := j.target(u)
	if err != nil {
		return dst
	}
	return j.store.appendPairs(dst, &t, from.access(u, j.opts.PublicSuffixes), j.now())
}

// Knows reports whether the jar may have a cookie for a host, which is given without
// a port or brackets: false is certain. It does not allocate for a lower-case ASCII
// host, and is there to save who has not parsed a URL the trouble.
func (j *Jar) Knows(host string) bool {
	if j.Len() == 0 {
		return false
	}
	name, ip, err := canonicalHost(host)
	return err == nil && j.store.knows(name, ip)
}

// Cookies implements [http.CookieJar]. Unlike net/http's jar it gives all attributes,
// not only names and values.
func (j *Jar) Cookies(u *url.URL) []*http.Cookie {
	if j.Len() == 0 {
		return nil
	}
	t, err := j.target(u)
	if err != nil {
		return nil
	}
	matched := j.store.cookies(&t, accessAll, j.now())
	cookies := make([]*http.Cookie, len(matched))
	for i := range matched {
		cookies[i] = matched[i].http()
	}
	return cookies
}

// now is what the jar takes for the time: in UTC and without a monotonic clock, so
// that it survives a file.
func (j *Jar) now() time.Time { return j.opts.Now().UTC().Truncate(resolution) }
