package aiohttp

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Paging says how [Pages] goes from page to page. The zero value follows the Link
// field of JSON pages.
type Paging[T any] struct {
	// Request is what goes beyond the URL of the first page. A body must be one
	// that can be sent again, so no Body.
	Request Request

	// Next makes the request of the next page; nil means [NextLink].
	Next NextPage[T]

	// Decode makes a page of a response, which is closed behind it; nil means
	// [JSON].
	Decode func(resp *Response) (T, error)

	// MaxPages bounds how many pages are asked for; one more is
	// [ErrTooManyPages]. Zero means 10 000, with which a list of a hundred a page
	// has a million entries; negative means no limit. To have only the first
	// pages leave the loop.
	MaxPages int

	// AllowOtherOrigins lets a page lead to another origin than the first one's,
	// which is [ErrOtherOrigin] otherwise. Credentials do not go there, those of
	// the session, its Options.Query among them, as little as those of Request;
	// and a page of that origin that leads back does not restore them.
	AllowOtherOrigins bool
}

// A NextPage makes the request of the next page: req is a copy of the one that
// brought page, as resp, and its to change. It gives false when page was the last.
type NextPage[T any] func(page T, resp *Response, req *Request) (more bool)

// The causes when Pages refuses to go on.
var (
	// ErrOtherOrigin is that a page leads to another origin.
	ErrOtherOrigin = errors.New("next page is of another origin, which may not see the credentials of this one (see Paging.AllowOtherOrigins)")

	// ErrPageLoop is that a page leads to one that was asked for before.
	ErrPageLoop = errors.New("next page was asked for before")

	// ErrTooManyPages is that there are more pages than Paging.MaxPages.
	ErrTooManyPages = errors.New("too many pages")
)

// defaultMaxPages is how many pages are asked for by default.
const defaultMaxPages = 10_000

// errPagesBody refuses what cannot be sent for each page.
var errPagesBody = errors.New("pages with a Request.Body, which cannot be sent again")

// Pages yields the pages of a list that an API gives in pieces, decoded:
//
//	for issues, err := range aiohttp.Pages[[]Issue](ctx, session, url) { ... }
//
// A page is asked for when the loop comes to it. An error is the last thing that
// the loop yields; a status of 400 and above is one, a [*StatusError]. The status
// 204 is the end. Pages takes at most one Paging and panics if given more. The
// loop may be run again, and begins anew.
func Pages[T any](ctx context.Context, session *Session, url string, paging ...Paging[T]) iter.Seq2[T, error] {
	p := options.One("aiohttp: Pages", paging)
	if p.Next == nil {
		p.Next = NextLink[T]()
	}
	if p.Decode == nil {
		p.Decode = JSON[T]
	}
	p.Request.URL = url
	if p.Request.Method == "" {
		p.Request.Method = http.MethodGet
	}
	return func(yield func(T, error) bool) {
		if err := p.run(ctx, session, yield); err != nil {
			var none T
			yield(none, err)
		}
	}
}

// run yields the pages. It gives the error that ends the loop.
func (p *Paging[T]) run(ctx context.Context, session *Session, yield func(T, error) bool) error {
	req := p.Request
	if req.Body != nil {
		closeUnsent(&req)
		return wrap(req.Method, req.URL, &Error{Phase: connector.PhasePrepare, Err: errPagesBody})
	}
	way := pageWay{session: session, most: p.MaxPages, others: p.AllowOtherOrigins, seen: map[[sha256.Size]byte]struct{}{}}
	if way.most == 0 {
		way.most = defaultMaxPages
	}
	for {
		if err := way.step(&req); err != nil {
			return wrap(req.Method, req.URL, &Error{Phase: connector.PhasePrepare, Err: err})
		}
		resp, err := session.Do(ctx, req)
		if err == nil {
			err = resp.RaiseForStatus()
		}
		if err != nil {
			return err
		}
		if resp.Status == http.StatusNoContent {
			return resp.Close()
		}
		page, err := p.Decode(resp)
		resp.Close()
		if err != nil {
			return err
		}
		if !yield(page, nil) {
			return nil
		}
		req.Query, req.Header, req.exact = maps.Clone(req.Query), maps.Clone(req.Header), false
		if !p.Next(page, resp, &req) {
			return nil
		}
	}
}

// Items yields the entries of pages, one by one; of gives those of a page:
//
//	pages := aiohttp.Pages[Answer](ctx, session, url)
//	for issue, err := range aiohttp.Items(pages, func(a Answer) []Issue { return a.Issues }) { ... }
//
// An error of pages is the last thing that the loop yields.
func Items[T, P any](pages iter.Seq2[P, error], of func(page P) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range of(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// pageWay is the way from page to page, and what may not be met on it.
type pageWay struct {
	session *Session
	most    int // pages; negative for no limit
	others  bool
	seen    map[[sha256.Size]byte]struct{} // the requests so far
	home    *origin                        // of the first page
	foreign bool                           // a page has left it
}

// step checks the next request, and takes from it what may not go where it leads.
func (w *pageWay) step(req *Request) error {
	if w.most >= 0 && len(w.seen) >= w.most {
		return fmt.Errorf("%w: more than %d", ErrTooManyPages, w.most)
	}
	if req.Body != nil {
		closeUnsent(req)
		return errPagesBody
	}
	u, err := w.session.resolve(req.URL)
	if err != nil {
		return err
	}
	dest, err := destinationOf(u)
	if err != nil {
		return err
	}
	if w.home == nil {
		w.home = dest.origin
	}
	if !dest.same(w.home) && !w.others {
		return fmt.Errorf("%w: from %s to %s", ErrOtherOrigin, w.home.addr, dest.addr)
	}
	w.foreign = w.foreign || !dest.same(w.home)
	if w.foreign {
		w.strip(req, u)
	} else if req.exact {
		req.Query = w.missing(dest, u.Query())
	}
	key := requestKey(req, u)
	if _, again := w.seen[key]; again {
		return ErrPageLoop
	}
	w.seen[key] = struct{}{}
	return nil
}

// strip takes the credentials from a request that goes to another origin.
func (w *pageWay) strip(req *Request, u *url.URL) {
	req.exact, req.foreign, req.Cookies = true, true, nil
	u.User = nil
	req.URL = u.String()
	maps.DeleteFunc(req.Header, func(name string, _ []string) bool {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		return canonical == "Host" || secret.Field(canonical)
	})
}

// missing gives those of the session's queries that a URL of a server's does not
// repeat.
func (w *pageWay) missing(dest destination, have url.Values) url.Values {
	if base := w.session.baseOrigin; base != nil && !dest.same(base) {
		return nil
	}
	more := maps.Clone(w.session.opts.Query)
	maps.DeleteFunc(more, func(name string, _ []string) bool { return have.Has(name) })
	return more
}

// requestKey gives what tells one request from another.
func requestKey(req *Request, u *url.URL) [sha256.Size]byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q\n", req.Method, u, req.Query.Encode())
	req.Header.Write(sum)
	data, _ := json.Marshal(req.JSON) // Do tells an error
	fmt.Fprintf(sum, "%q %q %q %q %q", req.Bytes, req.Text, data, req.Form.Encode(), req.File)
	return [sha256.Size]byte(sum.Sum(nil))
}
