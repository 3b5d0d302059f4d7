package aiohttp

import (
	"net/http"
	"sync"
	"time"
)

// What middleware can ask of the request that it is given.

// Deadline tells when the total time-out of a request that is under way ends. It
// is for middleware, and tells nothing elsewhere. A middleware that waits for
// longer than that waits in vain.
func (r *Request) Deadline() (deadline time.Time, ok bool) {
	if r.via == nil || r.via.ends.IsZero() {
		return time.Time{}, false
	}
	return r.via.ends, true
}

// Resends tells how many requests of the same call were sent before: for
// redirects, and by middleware. It is for middleware, and tells nothing elsewhere.
func (r *Request) Resends() int {
	if r.via == nil {
		return 0
	}
	return int(r.via.sent.Load())
}

// TakesCredentials reports whether credentials that the program has given for
// its requests belong to this exchange. They do not once a redirect has left the
// origin that the request was made for, even where another led back; nor, with
// Options.BaseURL, at another origin than that one; nor with TRACE. It is for
// middleware; elsewhere it is true.
func (r *Request) TakesCredentials() bool { return r.via == nil || !r.via.away }

// Resendable reports whether the request can be given to the next [Handler]
// another time: it has no body, or one that lies in memory or can be read again.
// It is for middleware, and knows nothing of a Body that a middleware has put in.
func (r *Request) Resendable() bool {
	if r.Body == nil {
		return true
	}
	body, ok := r.Body.(*carried)
	return ok && body.body.reopen != nil
}

// Go calls f in a goroutine that belongs to the session: [Session.Close] waits
// for it. It is for middleware that does something beside the exchange, and does
// not end it: f is to end soon once it is not needed. Where the session is
// closing already, f is called before Go returns.
func (r *Request) Go(f func()) {
	if r.via == nil {
		go f()
		return
	}
	r.via.session.beside.start(f)
}

// beside is what middleware has started.
type beside struct {
	mu     sync.Mutex
	ending bool
	wg     sync.WaitGroup
}

func (b *beside) start(f func()) {
	b.mu.Lock()
	if b.ending {
		b.mu.Unlock()
		f()
		return
	}
	b.wg.Add(1)
	b.mu.Unlock()
	go func() {
		defer b.wg.Done()
		f()
	}()
}

// wait waits for all that was started, and lets nothing else be.
func (b *beside) wait() {
	b.mu.Lock()
	b.ending = true
	b.mu.Unlock()
	b.wg.Wait()
}

// AfterBody has f called when the response is through: its body was read to the
// end, or failed, or was closed; at once when that is so already, since an answer
// without a body, or a short one, gives its connection back before anybody reads
// it. It is for middleware that holds something as long as the connection is in
// use, to be called before the response is passed on. Several are called in the
// order in which they were given, so that of the innermost middleware first. f
// runs in the goroutine that reads or closes, and must not wait.
//
// A response that switches protocols is through when its head was read.
func (r *Response) AfterBody(f func()) {
	if r.through() {
		f()
		return
	}
	more := r.extend()
	before := more.after
	more.after = sync.OnceFunc(func() {
		if before != nil {
			before()
		}
		f()
	})
}

// through reports whether the response needs its connection no more.
func (r *Response) through() bool {
	return r.Status == http.StatusSwitchingProtocols || r.reply.Over()
}

// over calls what waits for the end of the body.
func (r *Response) over() {
	if more := r.more.Load(); more != nil && more.after != nil {
		more.after()
	}
}
