package aiohttp

import (
	"net/url"
	"strconv"
	"strings"
)

// NextLink goes to where the Link field of a page leads with the relation "next"
// (RFC 8288).
func NextLink[T any]() NextPage[T] {
	return func(_ T, resp *Response, req *Request) bool {
		to := resp.Link("next")
		return to != nil && req.follow(resp, to)
	}
}

// NextURL goes to the URL that a page names, which may be relative to the page's
// own; "" means that there is none. One that cannot be parsed is the error of the
// next round.
func NextURL[T any](of func(page T) string) NextPage[T] {
	return func(page T, resp *Response, req *Request) bool {
		text := of(page)
		if text == "" {
			return false
		}
		ref, err := url.Parse(text)
		if err != nil {
			req.URL = text
			return true
		}
		return req.follow(resp, resp.URL().ResolveReference(ref))
	}
}

// NextCursor sends the cursor that a page names in a query parameter; "" means
// that there is none.
func NextCursor[T any](parameter string, of func(page T) string) NextPage[T] {
	return func(page T, _ *Response, req *Request) bool {
		cursor := of(page)
		if cursor != "" {
			req.setParameter(parameter, cursor)
		}
		return cursor != ""
	}
}

// NextNumber counts the query parameter up by one as long as more says so of a
// page. It begins with the number in the first request, which is taken to be 1
// where it has none.
func NextNumber[T any](parameter string, more func(page T) bool) NextPage[T] {
	return func(page T, _ *Response, req *Request) bool {
		if !more(page) {
			return false
		}
		req.setParameter(parameter, strconv.Itoa(req.number(parameter, 1)+1))
		return true
	}
}

// NextOffset counts the query parameter up by the number of entries that a page
// has; none of them means that it was the last. It begins with the number in the
// first request, which is taken to be 0 where it has none.
func NextOffset[T any](parameter string, entries func(page T) int) NextPage[T] {
	return func(page T, _ *Response, req *Request) bool {
		n := entries(page)
		if n <= 0 {
			return false
		}
		req.setParameter(parameter, strconv.Itoa(req.number(parameter, 0)+n))
		return true
	}
}

// follow aims the request at a URL of the server's. Credentials are the caller's
// to give, not a server's: within the origin those of the caller's URL stay.
func (r *Request) follow(resp *Response, to *url.URL) bool {
	from := resp.URL()
	next := *to
	next.User, next.Fragment, next.RawFragment = nil, "", ""
	if next.Scheme == from.Scheme && strings.EqualFold(next.Host, from.Host) {
		next.User = from.User
	}
	r.URL, r.Query, r.exact = next.String(), nil, true
	return true
}

// number gives a query parameter's value, or what it is taken to be.
func (r *Request) number(parameter string, absent int) int {
	text := r.Query.Get(parameter)
	if text == "" {
		if u, err := url.Parse(r.URL); err == nil {
			text = u.Query().Get(parameter)
		}
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return absent
}

// setParameter sets a query parameter, in the place of one in the URL. What else
// the URL has stays as it is, octet for octet.
func (r *Request) setParameter(name, value string) {
	if r.Query == nil {
		r.Query = url.Values{}
	}
	r.Query.Set(name, value)
	before, query, _ := strings.Cut(r.URL, "?")
	query, fragment, _ := strings.Cut(query, "#")
	if query == "" || strings.Contains(before, "#") {
		return
	}
	kept := make([]string, 0, 8)
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); err != nil || plain != name {
			kept = append(kept, pair)
		}
	}
	r.URL = before
	if len(kept) > 0 {
		r.URL += "?" + strings.Join(kept, "&")
	}
	if fragment != "" {
		r.URL += "#" + fragment
	}
}
