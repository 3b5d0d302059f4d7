package answer

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// Head writes the status line and the header of resp, each line after prefix,
// and an empty line. With mask, secrets are left out.
func Head(s *tty.Screen, resp *aiohttp.Response, prefix string, mask bool) {
	style := tty.Green
	if resp.Status >= 400 {
		style = tty.Red
	} else if resp.Status >= 300 {
		style = tty.Yellow
	}
	status := strings.TrimSpace(fmt.Sprintf("%s %d %s", resp.Proto(), resp.Status, reason(resp)))
	s.Printf("%s%s\n", prefix, s.Paint(style, tty.Clean(status)))
	fields(s, resp.Headers(), prefix, mask)
	s.Printf("%s\n", strings.TrimRight(prefix, " "))
}

// RequestHead writes the head of a request as far as it is known before it is
// sent: the session adds Accept-Encoding and the length of the body.
func RequestHead(s *tty.Screen, method, target, host string, h http.Header, prefix string) {
	s.Printf("%s%s\n", prefix, s.Paint(tty.Bold, tty.Clean(method+" "+target+" HTTP/1.1")))
	s.Printf("%s%s: %s\n", prefix, s.Paint(tty.Cyan, "Host"), tty.Clean(host))
	fields(s, h, prefix, true)
	s.Printf("%s\n", strings.TrimRight(prefix, " "))
}

// fields writes a header in alphabetical order, since a map keeps no other.
func fields(w *tty.Screen, h http.Header, prefix string, mask bool) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if mask {
				value = masked(name, value)
			}
			io.WriteString(w, prefix+w.Paint(tty.Cyan, tty.Clean(name))+": "+tty.Clean(value)+"\n")
		}
	}
}

// reason gives the words behind the status code, without the code.
func reason(resp *aiohttp.Response) string {
	return strings.TrimSpace(strings.TrimPrefix(resp.Reason(), fmt.Sprint(resp.Status)))
}

// masked leaves the secret out of a field that has one: the log of a request is
// what people paste into bug reports.
func masked(name, value string) string {
	const stars = "***"
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization":
		scheme, _, ok := strings.Cut(value, " ")
		if !ok {
			return stars
		}
		return scheme + " " + stars
	case "cookie":
		parts := strings.Split(value, ";")
		for i, part := range parts {
			parts[i] = maskPair(part)
		}
		return strings.Join(parts, ";")
	case "set-cookie":
		pair, attributes, ok := strings.Cut(value, ";")
		if !ok {
			return maskPair(pair)
		}
		return maskPair(pair) + ";" + attributes
	}
	if secretName(name) {
		return stars
	}
	return value
}

// secretName holds for the fields that carry a credential by custom.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"token", "secret", "api-key", "apikey", "password"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func maskPair(pair string) string {
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return "***"
	}
	return name + "=***"
}
