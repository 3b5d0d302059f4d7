// Package secret knows and masks credentials, in URLs above all, for texts that people read and
// pass on: errors, summaries, displays.
package secret

import (
	"net/url"
	"strings"
)

// Mask stands for a secret. It is the one of [url.URL.Redacted].
const Mask = "xxxxx"

// URL writes a URL without its password and without the values of parameters, in
// query and fragment, that bear credentials. A user without a password is masked
// too: that is how access tokens and API keys are given.
func URL(u *url.URL) string {
	c := *u
	if c.User != nil {
		name := c.User.Username()
		if password, _ := c.User.Password(); password == "" && name != "" {
			name = Mask
		}
		c.User = url.User(name)
		if _, given := u.User.Password(); given {
			c.User = url.UserPassword(name, Mask)
		}
	}
	c.Opaque = userinfo(c.Opaque)
	c.RawQuery = parameters(c.RawQuery)
	if fragment := c.EscapedFragment(); strings.IndexByte(fragment, '=') >= 0 {
		// An OAuth server gives its tokens there. Masked text needs no escapes.
		c.Fragment, c.RawFragment = "", ""
		return c.String() + "#" + parameters(fragment)
	}
	return c.String()
}

// Text masks a URL that may not be one. What cannot be parsed is masked up to
// its last "@": nobody knows where its password ends.
func Text(text string) string {
	if u, err := url.Parse(text); err == nil {
		if masked := URL(u); masked != u.String() {
			return masked
		}
		return text // as it was given
	}
	rest, fragment, fragmented := strings.Cut(userinfo(text), "#")
	path, query, queried := strings.Cut(rest, "?")
	text = parameters(path)
	if queried {
		text += "?" + parameters(query)
	}
	if fragmented {
		text += "#" + parameters(fragment)
	}
	return text
}

// userinfo masks everything between a scheme and the last "@".
func userinfo(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	start := 0
	if i := strings.Index(text[:at], "//"); i >= 0 {
		start = i + len("//")
	}
	return text[:start] + Mask + text[at:]
}

// Query masks a query, or a URL-encoded form.
func Query(text string) string { return parameters(text) }

// parameters masks the values of those that Bears knows, and leaves the rest as
// it is.
func parameters(list string) string {
	parts := strings.Split(list, "&")
	for i, part := range parts {
		name, _, given := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		if given && Bears(strings.ToLower(plain)) {
			parts[i] = name + "=" + Mask
		}
	}
	return strings.Join(parts, "&")
}

// Bears reports whether a parameter, named in lower case, bears a credential:
// those of signed URLs of the large clouds, of OAuth, and the usual names of
// tokens and keys.
func Bears(lower string) bool {
	switch lower {
	case "access_key", "access_token", "api_key", "api-key", "apikey", "assertion", "auth", "auth_token", "client_assertion", "client_secret", "id_token",
		"jwt", "key", "pass", "passwd", "password", "private_token", "pwd", "refresh_token", "secret", "session_token", "sig", "signature",
		"token", "x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-credential", "x-goog-signature":
		return true
	}
	return false
}

// Field reports whether a header field, named in canonical form, is a credential,
// which must not cross from one origin to another: those of HTTP itself, and the
// usual ones of APIs.
func Field(canonical string) bool {
	switch canonical {
	case "Authorization", "Cookie", "Cookie2", "Set-Cookie", "Set-Cookie2", "Proxy-Authorization", "Www-Authenticate", "Proxy-Authenticate",
		"Authentication-Info", "Proxy-Authentication-Info",
		"Api-Key", "Apikey", "X-Api-Key", "X-Auth-Key", "X-Auth-Token", "X-Access-Token", "X-Csrf-Token", "X-Xsrf-Token",
		"X-Amz-Security-Token", "X-Goog-Api-Key", "X-Vault-Token", "Private-Token", "Job-Token", "Ocp-Apim-Subscription-Key":
		return true
	}
	return false
}
