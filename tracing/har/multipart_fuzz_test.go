package har_test

import (
	"testing"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// Whatever the body is, the text is UTF-8, and it is masked once and for all.
func FuzzMultipart(f *testing.F) {
	const part = "\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n"
	f.Add([]byte("--bound" + part + "hush\r\n--bound--\r\n"))
	f.Add([]byte("--bound" + part + "\xff\r\n--bound--"))
	f.Add([]byte("--bound" + part + "cu"))
	f.Add([]byte("no\xffne"))
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _ := har.Multipart(body, "bound", true)
		if !utf8.ValidString(text) {
			t.Fatalf("%q is no UTF-8", text)
		}
		if again, less := har.Multipart([]byte(text), "bound", true); again != text || less {
			t.Fatalf("again:\n%q\n%q", text, again)
		}
	})
}
