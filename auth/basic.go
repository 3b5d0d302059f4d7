package auth

import (
	"errors"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Basic sends a user's name and password with each request, in UTF-8 (RFC 7617).
// It panics when given more than one Options; a name with a colon makes every
// request fail.
func Basic(user, password string, opts ...Options) aiohttp.Middleware {
	s := newScope(options.One("auth: Basic", opts).Origins)
	if err := checkUser(user, password); err != nil && s.err == nil {
		s.err = err
	}
	return fixed(s, connector.BasicAuth(url.UserPassword(user, password)))
}

// checkUser refuses what cannot be sent.
//
// "a user-id containing a colon character is invalid ... The user-id and password
// MUST NOT contain any control characters".
// https://www.rfc-editor.org/rfc/rfc7617#section-2
func checkUser(user, password string) error {
	switch {
	case strings.Contains(user, ":"):
		return errors.New("auth: user name with a colon")
	case strings.ContainsFunc(user, control) || strings.ContainsFunc(password, control):
		return errors.New("auth: user name or password with a control character")
	}
	return nil
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// Bearer sends a token with each request (RFC 6750). For one that ends, see
// [TokenSource].
func Bearer(token string, opts ...Options) aiohttp.Middleware {
	s := newScope(options.One("auth: Bearer", opts).Origins)
	if !validToken(token) && s.err == nil {
		s.err = errInvalidToken
	}
	return fixed(s, "Bearer "+token)
}

var errInvalidToken = errors.New("auth: token that is empty, or has a space, a control character or one beyond ASCII")

// validToken is more lenient than RFC 6750's b64token, which some tokens are not.
func validToken(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
