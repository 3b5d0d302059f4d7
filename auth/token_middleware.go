package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/aiohttp-go/aiohttp"
)

// errTotal is the cause when the total time-out of a request ends a wait.
var errTotal = errors.New("total timeout exceeded")

// Middleware gives requests the token: it is an [aiohttp.Middleware]. A request
// that is refused with 401 is sent once more with a new token, if it can be sent
// again; else, and when that is refused too, the 401 is returned.
func (s *TokenSource) Middleware(next aiohttp.Handler) aiohttp.Handler {
	return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
		if s.scope.err != nil {
			return nil, s.scope.err
		}
		if _, _, ok := s.scope.wants(req); !ok || ctx.Value(sourceKey{s}) != nil {
			return next(ctx, req)
		}
		token, err := s.tokenFor(ctx, req)
		if err != nil {
			return nil, err
		}
		resp, err := send(ctx, req, next, token)
		if err != nil || resp.Status != http.StatusUnauthorized {
			return resp, err
		}
		s.Invalidate(token.Value)
		if !req.Resendable() {
			return resp, nil
		}
		other, err := s.tokenFor(ctx, req)
		if err != nil {
			resp.Close()
			return nil, err
		}
		if other.Value == token.Value {
			return resp, nil
		}
		resp.Close()
		return send(ctx, req, next, other)
	}
}

// tokenFor gives a token, within the time that a request has.
func (s *TokenSource) tokenFor(ctx context.Context, req *aiohttp.Request) (Token, error) {
	if end, ok := req.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, end, errTotal)
		defer cancel()
	}
	return s.Token(ctx)
}

// send sends a request with a token.
func send(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler, token Token) (*aiohttp.Response, error) {
	own := copyOf(req)
	authorize(own, token.scheme()+" "+token.Value)
	return next(ctx, own)
}
