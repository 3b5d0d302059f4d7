package http1_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// FuzzFields checks what holds for every block of fields that was accepted: it
// is in canonical form, and all ways to read it agree.
func FuzzFields(f *testing.F) {
	for _, lines := range []string{
		"", "A: b\r\n", "a:\r\nA: \t x \t\r\n", "A: b\r\n c\r\n\t\td\r\n", "Set-Cookie: a=b\r\nset-cookie: c=d\r\n", "A: \x80\xff\r\n",
		"A : b\r\n", ": b\r\n", " A: b\r\n", "A: b\n", "A: \x00\r\n", "A:\r\n \r\n \r\n", "\u212a: b\r\n",
	} {
		f.Add([]byte(lines))
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		fields, ok := fieldsOf(lines)
		if !ok {
			return
		}
		want := http.Header{}
		count := 0
		for name, value := range fields.All() {
			count++
			if !http1.ValidToken(name) || !http1.ValidValue(value) || len(http1.TrimOWS(value)) != len(value) {
				t.Errorf("%q: invalid field %q: %q", lines, name, value)
			}
			want.Add(string(name), string(value))
			first, ok := fields.Get(string(bytes.ToLower(name)))
			if !ok || string(first) != want.Get(string(name)) {
				t.Errorf("%q: Get gives %q, %v for %q", lines, first, ok, name)
			}
		}
		if fields.Count() != count {
			t.Errorf("%q: counts %d fields, yields %d", lines, fields.Count(), count)
		}
		if diff := cmp.Diff(want, fields.Header(nil, nil)); diff != "" {
			t.Errorf("%q: (-All +Header)\n%s", lines, diff)
		}
		again, ok := fieldsOf(fields)
		if !ok || !bytes.Equal(again, fields) {
			t.Errorf("%q: reads as %q, and that as %q", lines, fields, again)
		}
	})
}

// fieldsOf reads a head with the given field lines.
func fieldsOf(lines []byte) (http1.Fields, bool) {
	var rd http1.Reader
	rd.Reset(whole("HTTP/1.1 304 Not Modified\r\n" + string(lines) + "\r\n"))
	defer rd.Release()
	var h http1.ResponseHead
	if rd.ReadResponseHead(&h, generous) != nil {
		return nil, false
	}
	return bytes.Clone(h.Fields), true
}
