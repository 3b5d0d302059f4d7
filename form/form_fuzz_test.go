package form_test

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

// Whatever comes: reading ends, in any pieces with the same outcome, and with an
// error that says whose fault it was.
func FuzzReader(f *testing.F) {
	for _, tt := range readerTests {
		f.Add([]byte(lone(tt.content)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := form.Limits{MaxHeaderFields: 5, MaxHeaderBytes: 200, MaxNameBytes: 50, MaxParts: 20}
		var want []part
		var wantErr error
		for i, feed := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
			r, err := form.NewReader(feed, formData, limits)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(r)
			if _, limit := errors.AsType[*form.LimitError](err); err != nil && !limit && !errors.Is(err, form.ErrMalformed) && !errors.Is(err, form.ErrNotForm) {
				t.Fatalf("error %v", err)
			}
			if i == 0 {
				want, wantErr = got, err
				continue
			}
			if !cmp.Equal(want, got) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
				t.Fatalf("at once: %v, in pieces: %v\n%s", wantErr, err, cmp.Diff(want, got))
			}
		}
	})
}

// What is written is read as it was, whatever it holds.
func FuzzFormRoundTrip(f *testing.F) {
	f.Add("name", "file.txt", "content", true)
	f.Add("a\"\r\nb", "C:\\x\\", "\r\n--B--\r\n", false)
	f.Add("", "..", "", true)
	f.Fuzz(func(t *testing.T, name, fileName, content string, known bool) {
		size := int64(len(content))
		if !known {
			size = 0
		}
		fields := (&form.Form{Multipart: true}).AddReader(name, fileName, plain(content), size).Add("last", "1")
		contentType, wire := encode(t, fields)
		r, err := form.NewReader(strings.NewReader(wire), contentType, form.Limits{MaxHeaderBytes: -1, MaxNameBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Bytes()
		if err != nil || string(got) != content {
			t.Fatalf("%q, %v, want %q", got, err, content)
		}
		// Control characters but CR and LF stay escaped, as does what looked
		// like an escape before.
		if plainText := !strings.Contains(name, "%") && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' || r == 0x7f }); plainText && p.Name() != name {
			t.Fatalf("name %q, want %q", p.Name(), name)
		}
		if p.IsFile() != (fileName != "") || strings.ContainsAny(p.FileName(), "/\\\r\n") {
			t.Fatalf("file name %q of %q", p.FileName(), fileName)
		}
		if last, err := r.Next(); err != nil || last.Name() != "last" {
			t.Fatalf("the last part: %v", err)
		}
	})
}

func FuzzParseDisposition(f *testing.F) {
	for _, tt := range dispositionTests {
		f.Add(tt.value)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := form.ParseDisposition(s)
		if err != nil {
			if !errors.Is(err, form.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if name := d.FileName(); strings.ContainsAny(name, "/\\\x00\r\n") || name == "." || name == ".." {
			t.Fatalf("file name %q", name)
		}
		text := d.String()
		if strings.ContainsAny(text, "\r\n\x00") {
			t.Fatalf("control characters in %q", text)
		}
		again, err := form.ParseDisposition(text)
		if err != nil || again.Type != d.Type {
			t.Fatalf("%q reads as %v, %v", text, again, err)
		}
		for name, value := range d.Params {
			if d.Type != "form-data" && utf8.ValidString(value) && again.Params[name] != value {
				t.Fatalf("%q: %s is %q, want %q", text, name, again.Params[name], value)
			}
		}
	})
}

func FuzzParseURLEncoded(f *testing.F) {
	for _, s := range []string{"", "a=1&b=2&a=3", "a+b=%20%2B", "%=%a&%zz=%%41&&", "a=%ff\xfe", "a;b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := form.ParseURLEncoded(iotest.HalfReader(strings.NewReader(s)), form.Limits{})
		if err != nil {
			if _, ok := errors.AsType[*form.LimitError](err); !ok {
				t.Fatal(err)
			}
			return
		}
		for name, values := range got {
			for _, text := range append(values, name) {
				if !utf8.ValidString(text) {
					t.Fatalf("%q is not UTF-8", text)
				}
			}
		}
		if want, err := url.ParseQuery(s); err == nil && utf8.ValidString(s) && allUTF8(want) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("net/url reads otherwise:\n%s", diff)
			}
		}
	})
}

func allUTF8(values url.Values) bool {
	for name, list := range values {
		for _, text := range append(list, name) {
			if !utf8.ValidString(text) {
				return false
			}
		}
	}
	return true
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"", "a.txt", "../x", "CON", ".\x00. ", strings.Repeat("ä", 300), "-\u202e."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := form.SafeName(s)
		if len(name) > 255 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\:*?\"<>|\x00\r\n") ||
			strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") || strings.TrimSpace(name) != name {
			t.Fatalf("%q", name)
		}
		if again := form.SafeName(name); again != name {
			t.Fatalf("%q becomes %q", name, again)
		}
	})
}
