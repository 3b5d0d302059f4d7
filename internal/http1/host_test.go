package http1_test

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestValidHostIsNameAndPort(t *testing.T) {
	// "Host = uri-host [ ":" port ]"
	// https://www.rfc-editor.org/rfc/rfc9110#section-7.2-2
	for _, s := range []string{
		"", "a", "a.", "a:80", "a:", "a_b-c.d:99999", "%C3%BC", "127.0.0.1:8080", "[::1]", "[::1]:80", "[::1]:", "[::ffff:1.2.3.4]", "!$&'()*+,;=",
	} {
		if !http1.ValidHost(s) {
			t.Errorf("%q is not valid", s)
		}
	}
	for _, s := range []string{
		":", ":80", "a:b", "a:80:80", "::1", "[", "]", "[]", "[::1", "::1]", "[::1]a", "[::1]80", "[::1]:a", "[1.2.3.4]", "[a]", "[::1%25en0]", "[v1.a]",
		"a[::1]", "[::1][::1]", "%", "%a", "%zz", "a%4", "a@b", "a b", "a/b", "a:-1", "a:+1", "a: 1", "\u00fc",
	} {
		if http1.ValidHost(s) {
			t.Errorf("%q is valid", s)
		}
	}
	if long := strings.Repeat("a", 1<<16); !http1.ValidHost(long) {
		t.Error("a long name is not valid")
	}
}
