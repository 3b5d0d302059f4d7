package cache

import (
	"context"
	"hash/maphash"
	"net/http"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Options configure a [Cache].
type Options struct {
	// Store keeps the responses; nil means NewMemory(0). The cache closes it.
	Store Store

	// Shared makes the cache obey what is said to caches that serve several users:
	// s-maxage counts, private responses are not stored, and those to requests with
	// Authorization only where they allow it. Set it when the requests are made for
	// different people.
	Shared bool

	// MaxEntryBytes is the longest body that is stored; zero means 32 MiB, negative
	// means as long as the store takes. It is also what one body that is being
	// received takes in the store before it is given up.
	MaxEntryBytes int64

	// MaxHeuristic is how long a response that says nothing about it is taken for
	// fresh at most: a tenth of the time since its Last-Modified, and no longer than
	// this. Zero means 24 h, above which RFC 7234 wanted a warning; negative means
	// that such a response is always revalidated.
	MaxHeuristic time.Duration

	// StaleIfError is for how long after it became stale a response is used when the
	// origin cannot be reached or answers 500, 502, 503 or 504, though neither it nor
	// the request says stale-if-error. Zero and negative mean that the error is given.
	StaleIfError time.Duration

	// MaxBackground is how many responses are revalidated in the background at the
	// same time; zero means 16, negative none: what is stale-while-revalidate is then
	// revalidated first. One beyond the limit waits until it is asked for again.
	MaxBackground int

	// BackgroundTimeout is how long one of those may take while no request waits for
	// it; zero means 60 s, and there is no way to have none.
	BackgroundTimeout time.Duration

	// OnError is told when the store fails, and of a panic in the background. The
	// request goes on without the store. It may be called by several goroutines at once.
	OnError func(error)
}

// maxVariants is how many responses are kept for one URL. A site that varies on
// something unique to each request would fill the store with what is never asked
// for again.
const maxVariants = 32

// A Cache keeps responses and answers requests with them. Make one with [New]. It may
// be used by several goroutines, and by several clients of the same user, at once.
type Cache struct {
	opts  Options
	store Store
	locks [64]sync.Mutex // of the keys, by hash
	seed  maphash.Seed
	background
	flights
}

// background bounds what is revalidated in the background.
type background struct {
	tokens chan struct{}
}

// New makes a cache. It takes at most one Options and panics if given more; none
// means the defaults.
func New(opts ...Options) *Cache {
	o := options.One("cache: New", opts)
	if o.Store == nil {
		o.Store = NewMemory(0)
	}
	if o.MaxEntryBytes == 0 {
		o.MaxEntryBytes = 32 << 20
	}
	if o.MaxHeuristic == 0 {
		o.MaxHeuristic = 24 * time.Hour
	}
	o.MaxHeuristic = max(0, o.MaxHeuristic)
	if o.MaxBackground == 0 {
		o.MaxBackground = 16
	}
	if o.BackgroundTimeout == 0 {
		o.BackgroundTimeout = time.Minute
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return &Cache{
		opts: o, store: o.Store, seed: maphash.MakeSeed(),
		background: background{make(chan struct{}, max(0, o.MaxBackground))},
		flights: flights{
			running: map[*flight]struct{}{}, open: map[string]*flight{}, alone: map[string]struct{}{},
		},
	}
}

// Transport gives a round tripper that answers from the cache, and asks next for
// what it cannot answer. For a session:
//
//	aiohttp.Options{Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(c.Transport)}}
//
// The requests that it sends may outlive the context of the one that caused them:
// when others wait for the same response, or in the background.
func (c *Cache) Transport(next http.RoundTripper) http.RoundTripper {
	return &transport{c, next}
}

// Close ends what is under way, joins it, and closes the store. Bodies that are
// still being received end with an error. Close the cache after the sessions that
// use it; requests after that are passed on as if it were not there.
func (c *Cache) Close() error {
	c.flights.mu.Lock()
	closed := c.closed.Swap(true)
	var all []*flight
	for f := range c.running {
		all = append(all, f)
	}
	c.flights.mu.Unlock()
	for _, f := range all {
		f.abort(errClosed)
	}
	c.wg.Wait()
	if closed {
		return nil
	}
	return c.store.Close()
}

// Forget removes what is stored for a URL, as a successful unsafe request does.
// Responses that are under way are not stored either.
func (c *Cache) Forget(url string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	return c.invalidate(keyOf(req))
}

// change loads what is stored under key, and saves what edit makes of it.
func (c *Cache) change(key string, edit func([]*Record) []*Record) error {
	lock := &c.locks[maphash.String(c.seed, key)%uint64(len(c.locks))]
	lock.Lock()
	defer lock.Unlock()
	records, err := c.store.Load(key)
	if err != nil {
		return err
	}
	return c.store.Save(key, edit(records))
}

// put stores a record in the place of those for the same selection.
func (c *Cache) put(key string, r *Record) {
	c.report(c.change(key, func(records []*Record) []*Record {
		kept := append(make([]*Record, 0, len(records)+1), r)
		for _, old := range records {
			if !sameSelection(old, r) && len(kept) < maxVariants {
				kept = append(kept, old)
			}
		}
		return kept
	}))
}

// replace stores a record in the place of another, if that is still there; with
// next nil it only removes it.
func (c *Cache) replace(key string, old, next *Record) {
	c.report(c.change(key, func(records []*Record) []*Record {
		kept := make([]*Record, 0, len(records))
		for _, r := range records {
			switch {
			case r.Body != old.Body || !sameSelection(r, old):
				kept = append(kept, r)
			case next != nil:
				kept = append(kept, next)
			}
		}
		return kept
	}))
}

// refreshed stores what a 304 has made of a record, in its place, unless that is not
// to be stored any more.
func (c *Cache) refreshed(key string, old, next *Record) {
	if !c.permitted(next.Status, next.rules) {
		next = nil
	}
	c.replace(key, old, next)
}

// report tells OnError of an error of the store.
func (c *Cache) report(err error) {
	if err != nil {
		c.opts.OnError(err)
	}
}
