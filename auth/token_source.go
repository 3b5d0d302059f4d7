package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/backoff"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// TokenOptions configure a [TokenSource].
type TokenOptions struct {
	// Origins are those that the token is for, as in [Options].
	Origins []string

	// Early is how long before a token ends another one is fetched, while
	// requests go on with the old one; at most half of its life. Zero means
	// 30 s; negative means that it is used to its end.
	Early time.Duration

	// Timeout bounds one call of the fetch function. Zero means 30 s; negative
	// means no limit.
	Timeout time.Duration
}

var (
	errSourceClosed = errors.New("token source is closed")
	errRecursive    = errors.New("function that fetches a token asks for it")
)

// youngest is how old a token must be to be renewed because a server refuses it:
// one that is refused from the start will not be better the next time.
const youngest = 5 * time.Second

// TokenSource keeps a token, and fetches another one when it ends or is refused:
// once, however many requests are waiting for it. It is safe for concurrent use.
// Its Middleware gives the token to requests:
//
//	source := auth.NewTokenSource(func(ctx context.Context) (auth.Token, error) { … })
//	defer source.Close()
//	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{source.Middleware}})
type TokenSource struct {
	opts  TokenOptions
	scope *scope
	fetch func(ctx context.Context) (Token, error)

	running sync.WaitGroup

	mu       sync.Mutex
	stop     func() // ends a fetch that is under way
	closed   bool
	token    *held   // nil when there is none
	flight   *flight // nil when none is being fetched
	failures int     // in a row
	calm     time.Time
}

// held is a token that is there.
type held struct {
	Token
	since time.Time
	renew time.Time // when another one is to be fetched; zero for never
}

// flight is a token that is being fetched.
type flight struct {
	done  chan struct{}
	token Token
	err   error
}

// sourceKey is the context key that tells a fetch function's own requests.
type sourceKey struct{ s *TokenSource }

// NewTokenSource makes a source. fetch is called when the first token is asked for,
// and never twice at once. Its context has the values of that of one of the
// requests that wait, but does not end with it: another may be waiting. fetch may
// send through the same session; its requests get no token. It runs in a goroutine
// of its own, where nobody recovers its panics.
func NewTokenSource(fetch func(ctx context.Context) (Token, error), opts ...TokenOptions) *TokenSource {
	o := options.One("auth: NewTokenSource", opts)
	if o.Early == 0 {
		o.Early = 30 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	return &TokenSource{opts: o, scope: newScope(o.Origins), fetch: fetch}
}

// String names the source.
func (s *TokenSource) String() string { return "auth.TokenSource" }

// GoString gives what String does.
func (s *TokenSource) GoString() string { return s.String() }

// Token gives a token that has not ended, a new one if need be. Its errors are
// *[TokenError]. The end of ctx ends the wait, and not the fetching.
func (s *TokenSource) Token(ctx context.Context) (Token, error) {
	if ctx.Value(sourceKey{s}) != nil {
		return Token{}, &TokenError{errRecursive}
	}
	token, f := s.look(ctx)
	if f == nil {
		return token, nil
	}
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, &TokenError{ended(ctx)}
	}
}

// look gives the token that is there, or the flight to wait for.
func (s *TokenSource) look(ctx context.Context) (Token, *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if t := s.token; t != nil && (t.Expires.IsZero() || now.Before(t.Expires)) {
		due := !t.renew.IsZero() && !now.Before(t.renew)
		if due && s.flight == nil && !now.Before(s.calm) && !s.closed {
			s.start(ctx)
		}
		return t.Token, nil
	}
	if s.flight != nil {
		return Token{}, s.flight
	}
	if s.closed {
		f := &flight{done: make(chan struct{}), err: &TokenError{errSourceClosed}}
		close(f.done)
		return Token{}, f
	}
	return Token{}, s.start(ctx)
}

// start fetches a token. The lock is held.
func (s *TokenSource) start(ctx context.Context) *flight {
	ctx = context.WithValue(context.WithoutCancel(ctx), sourceKey{s}, true)
	var cancel context.CancelFunc
	if s.opts.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.opts.Timeout)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	f := &flight{done: make(chan struct{})}
	s.flight, s.stop = f, cancel
	s.running.Go(func() {
		defer cancel()
		token, err := s.fetch(ctx)
		if err == nil && !token.valid() {
			err = errInvalidToken
		}
		s.land(f, token, err)
	})
	return f
}

// land keeps what was fetched.
func (s *TokenSource) land(f *flight, token Token, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.flight = nil
	if err != nil {
		f.err = &TokenError{err}
		s.failures++
		s.calm = now.Add(backoff.Jittered(time.Second, time.Minute, s.failures))
	} else {
		f.token = token
		s.failures, s.calm = 0, time.Time{}
		s.token = &held{Token: token, since: now}
		if life := token.Expires.Sub(now); !token.Expires.IsZero() && s.opts.Early > 0 {
			s.token.renew = token.Expires.Add(-min(s.opts.Early, life/2))
		}
	}
	close(f.done)
}

// Invalidate forgets a token, if it is the one that is there: a server has refused
// it. The next request fetches another one. One that is younger than 5 s stays.
func (s *TokenSource) Invalidate(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != nil && s.token.Value == value && time.Since(s.token.since) >= youngest {
		s.token = nil
	}
}

// Close ends a fetch that is under way, and waits for it. The token that is there
// can be used to its end. Close is idempotent.
func (s *TokenSource) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.stop != nil {
		s.stop()
	}
	s.mu.Unlock()
	s.running.Wait()
	return nil
}

// ended gives why a context has ended.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
