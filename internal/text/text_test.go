package text_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/text"
)

// The rules are tested where a session's users meet them, in
// TestResponseTextCharset.
func TestDecodeGivesUTF8(t *testing.T) {
	for _, test := range []struct{ media, body, want string }{
		{"text/plain", "ä", "ä"},
		{"text/plain; charset=iso-8859-1", "\xe4", "ä"},
		{"text/plain; charset=windows-1252", "\xc3\xa4", "Ã¤"}, // which would be UTF-8, too
		{"application/json; charset=utf-8", "\ufeff{}", "{}"},
		{"", "\xff", "ÿ"},
	} {
		got, err := text.Decode([]byte(test.body), test.media)
		if got != test.want || err != nil {
			t.Errorf("%q as %s: got %q, %v, want %q", test.body, test.media, got, err, test.want)
		}
	}
	if enc, name := text.Declared("text/html; charset=latin1"); enc == nil || name != "windows-1252" {
		t.Errorf("got %v, %q", enc, name)
	}
	if enc, _ := text.Declared("text/html; charset=none"); enc != nil {
		t.Errorf("got %v", enc)
	}
}
