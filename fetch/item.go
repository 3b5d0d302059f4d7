package fetch

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// An Item is one thing to fetch, as plain data. Only URL is needed.
type Item struct {
	// URL is absolute, with the scheme http or https. A fragment is ignored.
	URL string

	// Method is the HTTP method; empty means GET. HEAD writes no file.
	Method string

	// Header is sent with the request, over the session's own fields.
	Header http.Header

	// Body is sent as it is. Nil means none.
	Body []byte

	// Output is the name of the file, with slashes, relative to Options.Dir. It
	// must not lead out of the folder, and no two items of a job may share
	// one. Empty means that Options.Layout decides.
	Output string

	// SHA256 is the expected checksum of the file in 64 hex digits. A file with
	// another one is not kept. Empty means any.
	SHA256 string

	// Meta is carried to the result unread.
	Meta json.RawMessage

	// Line is the item's line in its list, from 1; zero when it has none.
	Line int
}

// Args yields an item for every URL that the patterns stand for; see [Expand].
func Args(patterns ...string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, p := range patterns {
			for s, err := range Expand(p) {
				if !yield(Item{URL: s}, err) {
					return
				}
			}
		}
	}
}

// Chain yields the items of each list after those of the one before.
func Chain(lists ...iter.Seq2[Item, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, list := range lists {
			for it, err := range list {
				if !yield(it, err) {
					return
				}
			}
		}
	}
}

// request gives the item as a request of the session.
func (it *Item) request() aiohttp.Request {
	r := aiohttp.Request{Method: it.method(), URL: it.URL, Header: it.Header}
	if len(it.Body) > 0 {
		r.Bytes = it.Body
	}
	return r
}

func (it *Item) method() string {
	if it.Method == "" {
		return http.MethodGet
	}
	return it.Method
}

// idempotent reports whether the request may be sent again although the first
// one may have been worked on.
//
// "Of the request methods defined by this specification, PUT, DELETE, and safe
// request methods are idempotent."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2-1
func (it *Item) idempotent() bool {
	switch it.method() {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return it.Header.Get("Idempotency-Key") != ""
}

// variant gives what makes the item another request than a plain GET of its
// URL, in a form that is the same whenever the request is; empty for a plain
// GET.
func (it *Item) variant() string {
	if it.method() == http.MethodGet && len(it.Header) == 0 && len(it.Body) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q", it.method())
	names := make([]string, 0, len(it.Header))
	for name := range it.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %q=%q", http.CanonicalHeaderKey(name), it.Header[name])
	}
	fmt.Fprintf(&b, " body=%q", it.Body)
	return b.String()
}

// target checks what can be checked of an item without sending it, and takes
// its URL apart; n is its number in the job.
func (it *Item) target(n int) (target, error) {
	t, ok := plainTarget(it.URL)
	if !ok {
		u, err := it.parse()
		if err != nil {
			return target{}, err
		}
		t = newTarget(u)
	}
	t.n = n
	if it.SHA256 != "" {
		if sum, err := hex.DecodeString(it.SHA256); err != nil || len(sum) != 32 {
			return target{}, &inputError{kind: "invalid checksum", text: fmt.Sprintf("sha256 %q: not 64 hex digits", shorten(it.SHA256, 80))}
		}
	}
	return t, nil
}

// parse checks the item's URL.
func (it *Item) parse() (*url.URL, error) {
	u, err := url.Parse(it.URL)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the URL is named below, without its password
		}
		return nil, invalidURL(it.URL, err.Error())
	}
	switch {
	case it.URL == "":
		return nil, &inputError{kind: "invalid URL", text: "url: empty"}
	case u.Scheme == "" || u.Host == "" && u.Opaque != "":
		// "localhost:8080/x" parses as the scheme "localhost".
		if u.Scheme != "http" && u.Scheme != "https" {
			return nil, invalidURL(it.URL, "does not begin with http:// or https://")
		}
		return nil, invalidURL(it.URL, "no host")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalidURL(it.URL, fmt.Sprintf("scheme %q is neither http nor https", u.Scheme))
	case u.Hostname() == "":
		return nil, invalidURL(it.URL, "no host")
	}
	return u, nil
}

func invalidURL(raw, text string) error {
	return &inputError{kind: "invalid URL", text: fmt.Sprintf("url %q: %s", shorten(secret.Text(raw), 200), text)}
}

// mask takes the password out of a URL, or the token that stands in place of
// user and password, and leaves everything else as it was given: it names the
// item. It works on text that is no valid URL too.
func mask(raw string) string {
	start := strings.Index(raw, "//") + 2
	if start == 1 {
		start = 0
	}
	authority := raw[start:]
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		authority = authority[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	if at <= 0 {
		return raw
	}
	user, password, _ := strings.Cut(authority[:at], ":")
	if password == "" {
		return raw[:start] + secret.Mask + raw[start+at:]
	}
	return raw[:start] + user + ":" + secret.Mask + raw[start+at:]
}
