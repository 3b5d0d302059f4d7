package demosite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options says how the site behaves. The zero value is a site without waiting
// times.
type Options struct {
	// Latency multiplies the time before each response: 1 is a real site's,
	// from 30 to 400 ms and mostly around 80, 0.1 a tenth of it. Zero and less
	// mean none.
	Latency float64

	// Steady makes the flaky page answer at the first request too.
	Steady bool
}

// Site is the site. It is safe for concurrent use.
type Site struct {
	opts   Options
	docs   []document
	paths  []string
	pages  map[string]*page
	routes map[string]http.Handler
	failed atomic.Bool // the flaky page has failed once
}

// page is the page of a document, made when it is first asked for.
type page struct {
	body     func() []byte
	sum      func() [sha256.Size]byte
	modified time.Time
}

// New returns a site. That is cheap: a page is made when it is asked for.
func New(opts Options) *Site {
	list := numbers()
	s := &Site{
		opts:   opts,
		pages:  make(map[string]*page, len(list)),
		routes: make(map[string]http.Handler, 2*len(list)+8),
	}
	for _, n := range list {
		doc := newDocument(n)
		body := sync.OnceValue(func() []byte { return render(doc, list) })
		p := &page{
			body:     body,
			sum:      sync.OnceValue(func() [sha256.Size]byte { return sha256.Sum256(body()) }),
			modified: doc.Created.AddDate(2, 0, n%700),
		}
		s.docs = append(s.docs, doc)
		s.paths = append(s.paths, doc.path())
		s.pages[doc.path()] = p
		s.routes[doc.path()] = p
		// "The 301 (Moved Permanently) status code indicates that the target
		// resource has been assigned a new permanent URI"
		// https://www.rfc-editor.org/rfc/rfc9110#section-15.4.2-1
		s.routes[doc.oldPath()] = http.RedirectHandler(doc.path(), http.StatusMovedPermanently)
	}
	s.routes[s.Flaky()] = s.flaky(s.pages[s.Flaky()])
	s.routes["/"] = newIndex(s.docs)
	s.routes["/sitemap.xml"] = http.HandlerFunc(s.sitemap)
	s.routes["/robots.txt"] = http.HandlerFunc(robots)
	s.routes["/api/peps.json"] = http.HandlerFunc(s.api)
	return s
}

// Pages returns the path of every document, in the order of their numbers.
func (s *Site) Pages() []string { return append([]string(nil), s.paths...) }

// Redirects returns a handful of paths that redirect to a document: those that
// were once right. Every document has one.
func (s *Site) Redirects() []string {
	var paths []string
	for n := 8010; n <= 8015; n++ {
		paths = append(paths, document{Number: n}.oldPath())
	}
	return paths
}

// Flaky returns the path, one of Pages, that answers its first request on this
// site with 503 and "Retry-After: 1", unless Options.Steady is set.
func (s *Site) Flaky() string { return pagePath(flakyNumber) }

// Missing returns a path that answers 404. It is not one of Pages.
func (s *Site) Missing() string { return pagePath(missingNumber) }

// Digest returns the SHA-256 checksum of a path of Pages, and false for others.
func (s *Site) Digest(path string) ([sha256.Size]byte, bool) {
	p, ok := s.pages[path]
	if !ok {
		return [sha256.Size]byte{}, false
	}
	return p.sum(), true
}

// Latency returns the time that the site waits before it answers for path: what
// a program that downloads one page after the other has to add up.
func (s *Site) Latency(path string) time.Duration {
	if s.opts.Latency <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(path)) // never fails
	// FNV leaves the upper bits of similar paths alike; the generator mixes.
	r := random(h.Sum64())
	return time.Duration(s.opts.Latency * float64(waits.draw(r.next())) * float64(time.Microsecond))
}

// Handler returns the site as a handler. It starts no goroutine. A request whose
// context ends while it waits is aborted with the panic of
// [http.ErrAbortHandler].
func (s *Site) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	if wait(r.Context(), s.Latency(r.URL.Path)) != nil {
		// The client is gone, or the server is ending. To return would be to
		// answer 200 with nothing.
		panic(http.ErrAbortHandler)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		// "The origin server MUST generate an Allow header field in a 405
		// response..."
		// https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6-1
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if h, ok := s.routes[r.URL.Path]; ok {
		h.ServeHTTP(w, r)
		return
	}
	if slashed := r.URL.Path + "/"; s.routes[slashed] != nil {
		http.Redirect(w, r, slashed, http.StatusMovedPermanently)
		return
	}
	http.NotFound(w, r)
}

// wait returns after d, or with the error of ctx if that ends earlier.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ServeHTTP answers with the page, with ranges and validators.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sum := p.sum()
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	serveContent(w, r, "text/html; charset=utf-8", p.modified, p.body())
}

// serveContent answers with body. Ten minutes is how long the real site's CDN
// lets a page be kept.
func serveContent(w http.ResponseWriter, r *http.Request, contentType string, modified time.Time, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "max-age=600")
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// flaky answers the first request with its number, and the others as next.
func (s *Site) flaky(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.opts.Steady && s.failed.CompareAndSwap(false, true) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "back in a second", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}
