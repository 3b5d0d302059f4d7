package cookie

import "strings"

// defaultPath is the directory of a request's path.
//
// "Output the characters of the uri-path from the first character up to, but not
// including, the right-most %x2F ("/")."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func defaultPath(requestPath string) string {
	i := strings.LastIndexByte(requestPath, '/')
	if i <= 0 || requestPath[0] != '/' {
		return "/"
	}
	return requestPath[:i]
}

// pathMatch tells whether requestPath is cookiePath or below it.
//
// "The cookie-path is a prefix of the request-path, and the last character of the
// cookie-path is %x2F ("/")" or "the first character of the request-path that is
// not included in the cookie-path is a %x2F ("/") character."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func pathMatch(requestPath, cookiePath string) bool {
	if !strings.HasPrefix(requestPath, cookiePath) {
		return false
	}
	return len(requestPath) == len(cookiePath) ||
		strings.HasSuffix(cookiePath, "/") ||
		requestPath[len(cookiePath)] == '/'
}
