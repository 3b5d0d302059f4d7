package aiohttp

import (
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// mask stands for a secret in error texts. It is the one of [url.URL.Redacted].
const mask = "xxxxx"

// maskedURL writes a URL for an error's text: without its password and without
// the values of query parameters that bear credentials.
func maskedURL(u *url.URL) string {
	if u.RawQuery == "" {
		return u.Redacted()
	}
	c := *u
	c.RawQuery = maskedQuery(u.RawQuery)
	return c.Redacted()
}

// maskedQuery masks the values of the parameters that secretParameter knows,
// and leaves the rest as it is.
func maskedQuery(query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, given := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		if given && secretParameter(strings.ToLower(plain)) {
			parts[i] = name + "=" + mask
		}
	}
	return strings.Join(parts, "&")
}

// secretParameter reports whether a query parameter, named in lower case, bears
// a credential: those of signed URLs of the large clouds, and the usual names
// of tokens and keys.
func secretParameter(lower string) bool {
	switch lower {
	case "access_token", "api_key", "api-key", "apikey", "auth", "auth_token", "client_secret", "key",
		"pass", "passwd", "password", "private_token", "pwd", "refresh_token", "secret", "sig", "signature",
		"token", "x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-credential", "x-goog-signature":
		return true
	}
	return false
}

// MaskURL writes a URL for a log: without its password, and without the values of
// query parameters that are known to bear credentials (keys, tokens, signatures),
// which become "xxxxx". The URLs in errors of a session are written so.
func MaskURL(text string) string { return maskedText(text) }

// maskedText writes a URL that may not be one for an error's text. What cannot
// be parsed is masked up to its last "@": nobody knows where its password ends.
func maskedText(text string) string {
	if u, err := url.Parse(text); err == nil {
		return maskedURL(u)
	}
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	scheme := 0
	if i := strings.Index(text[:at], "://"); i >= 0 {
		scheme = i + len("://")
	}
	return text[:scheme] + mask + text[at:]
}

// wrap puts method and URL around an error, without the URL's secrets.
func wrap(method, address string, err error) error {
	return &url.Error{Op: operation(method), URL: maskedText(address), Err: err}
}

// operation gives a method as it stands in an error's text: "get".
func operation(method string) string {
	if !http1.ValidToken(method) {
		return "send"
	}
	return strings.ToLower(method)
}
