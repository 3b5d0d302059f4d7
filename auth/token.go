package auth

import (
	"log/slog"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/digest"
)

// Token is what gives access for a while.
type Token struct {
	// Value is the token itself.
	Value string
	// Scheme stands in front of it in the Authorization field. Empty means
	// "Bearer".
	Scheme string
	// Expires is when it ends. Zero means that it does not, or that nobody knows.
	Expires time.Time
}

// String tells about the token, not what it is.
func (t Token) String() string {
	if t.Expires.IsZero() {
		return t.scheme() + " xxxxx"
	}
	return t.scheme() + " xxxxx until " + t.Expires.Format(time.RFC3339)
}

// GoString gives what String does.
func (t Token) GoString() string { return "auth.Token{" + t.String() + "}" }

// LogValue gives what String does, for a log.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

func (t Token) scheme() string {
	if t.Scheme == "" {
		return "Bearer"
	}
	return t.Scheme
}

func (t Token) valid() bool {
	return digest.IsToken(t.scheme()) && validToken(t.Value)
}

// TokenError is the error of a request that could not be given a token.
type TokenError struct{ Err error }

// Error gives "fetching a token: cause".
func (e *TokenError) Error() string { return "fetching a token: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *TokenError) Unwrap() error { return e.Err }
