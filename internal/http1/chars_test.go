package http1_test

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestValidOctets(t *testing.T) {
	const (
		letters  = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		delims   = "\"(),/:;<=>?@[\\]{}" // "any VCHAR, except delimiters", RFC 9110, section 5.6.2
		inHost   = letters + "-._~" + "!$&'()*+,;="
		tokens   = "!#$%&'*+-.^_`|~" + letters
		controls = 0x20
	)
	for c := range 256 {
		s := string([]byte{byte(c)})
		vchar := c > controls && c < 0x7f
		if token := vchar && !strings.Contains(delims, s); http1.ValidToken(s) != token || token != strings.Contains(tokens, s) {
			t.Errorf("token %q: got %v", s, !token)
		}
		if want := vchar || c >= 0x80 || c == ' ' || c == '\t'; http1.ValidValue(s) != want {
			t.Errorf("value %q: got %v", s, !want)
		}
		if want := vchar || c >= 0x80; http1.ValidTarget(s) != want {
			t.Errorf("target %q: got %v", s, !want)
		}
		if want := strings.Contains(inHost, s); http1.ValidHost(s) != want {
			t.Errorf("host %q: got %v", s, !want)
		}
	}
}

func TestValidEmpty(t *testing.T) {
	if http1.ValidToken("") || http1.ValidTarget("") {
		t.Error("an empty token or target is valid")
	}
	if !http1.ValidValue("") || !http1.ValidHost("") {
		t.Error("an empty value or host is not valid")
	}
	if http1.ValidToken([]byte("a b")) || http1.ValidTarget("/a b") || http1.ValidValue("a\r\nb: c") || http1.ValidHost("a/b") {
		t.Error("an invalid octet in the middle was passed over")
	}
}

func TestTrimOWS(t *testing.T) {
	for s, want := range map[string]string{
		"": "", " ": "", "a": "a", " \ta b\t ": "a b", "\va\v": "\va\v", "\u00a0a": "\u00a0a", "\r\na\r\n": "\r\na\r\n",
	} {
		if got := http1.TrimOWS(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestEqualFold(t *testing.T) {
	for _, test := range []struct {
		s, lower string
		want     bool
	}{
		{"", "", true}, {"Chunked", "chunked", true}, {"CHUNKED", "chunked", true}, {"chunked", "chunkee", false},
		{"chunke", "chunked", false}, {"chun\u212aed", "chunked", false}, {"[", "{", false}, {"@", "`", false}, {"A-9", "a-9", true},
	} {
		if got := http1.EqualFold(test.s, test.lower); got != test.want {
			t.Errorf("%q, %q: got %v", test.s, test.lower, got)
		}
	}
}

func TestHasOption(t *testing.T) {
	for list, want := range map[string]bool{
		"": false, "close": true, "Close": true, "a, close": true, "close,a": true, "a,\tclose\t,b": true, ",,close,": true,
		"closed": false, "a close": false, "close;a": false, "notclose": false, ",": false, "\"close\"": false,
	} {
		if got := http1.HasOption(list, "close"); got != want {
			t.Errorf("%q: got %v", list, got)
		}
	}
}
