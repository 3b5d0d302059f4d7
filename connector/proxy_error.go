package connector

import (
	"net/http"
	"strconv"
	"strings"
)

// ProxyError is the refusal of a proxy: it has understood what it was asked for,
// which is to open a connection, and has not done it. It is the cause of an
// [*Error] of phase [PhaseProxy].
type ProxyError struct {
	// Proxy is the proxy's URL, without user and password.
	Proxy string

	// Target is the "host:port" that it was to connect to: an address where it
	// was resolved here.
	Target string

	// Status is the status code that an HTTP proxy has answered with; for SOCKS5
	// zero.
	Status int

	// Reply is the reply code of a SOCKS5 proxy, RFC 1928, section 6; 255 when it
	// takes none of the ways to prove oneself that were offered, or not the user
	// and password. For HTTP zero.
	Reply byte

	// Reason is what the proxy says about it, or what the code means.
	Reason string

	// Header are the fields of the answer of an HTTP proxy, Proxy-Authenticate
	// among them. Body is the beginning of its body, one KiB at most.
	Header http.Header
	Body   []byte

	note string // what else there is to say
}

// Error gives "proxy refused: 407 Proxy Authentication Required (it asks for
// Basic credentials)".
func (e *ProxyError) Error() string {
	var b strings.Builder
	b.WriteString("proxy refused: ")
	if e.Status != 0 {
		b.WriteString(strconv.Itoa(e.Status))
		b.WriteByte(' ')
	}
	b.WriteString(printable(e.Reason))
	if e.Status == http.StatusProxyAuthRequired || e.Status == http.StatusUnauthorized { // tinyproxy's
		b.WriteString(" (the proxy's user and password " + e.blame() + ")")
	}
	return b.String()
}

// blame says what is the matter with the user.
func (e *ProxyError) blame() string {
	if e.note != "" {
		return "were not accepted" + e.note
	}
	return "are missing or wrong" + e.schemes()
}

// schemes names what the proxy would rather have.
func (e *ProxyError) schemes() string {
	var names []string
	for _, challenge := range e.Header["Proxy-Authenticate"] {
		scheme, _, _ := strings.Cut(challenge, " ")
		names = append(names, printable(scheme))
	}
	if len(names) == 0 {
		return ""
	}
	return "; it asks for " + strings.Join(names, ", ")
}

// Unreachable reports whether the proxy has tried, and could not get there: it has
// nothing against the client nor the target, and another try may do better.
func (e *ProxyError) Unreachable() bool {
	switch e.Reply {
	case socksFailed, socksNetUnreachable, socksHostUnreachable, socksRefused, socksExpired:
		return true
	}
	return e.Status >= 500
}

// printable quotes what a peer wrote, where it could steer a terminal.
func printable(text string) string {
	if quoted := strconv.QuoteToGraphic(text); len(quoted) != len(text)+2 {
		return quoted
	}
	return text
}
