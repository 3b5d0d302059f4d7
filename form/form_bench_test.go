package form_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
)

// wireOf gives a form of a few values and one file.
func wireOf(b *testing.B, fileBytes int) (contentType, content string) {
	b.Helper()
	f := &form.Form{Boundary: "form-ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
	f.Add("title", "A cat").Add("text", "Once upon a time").AddBytes("file", "f.bin", bytes.Repeat([]byte("0123456789abcde\n"), fileBytes/16))
	return encode(b, f)
}

func BenchmarkFormEncodeSmall(b *testing.B) {
	f := (&form.Form{Multipart: true}).Add("title", "A cat").Add("text", "Once upon a time")
	b.ReportAllocs()
	for b.Loop() {
		body, err := f.Encode()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := body.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormReadSmall(b *testing.B)  { benchmarkRead(b, 100) }
func BenchmarkFormReadLarge(b *testing.B)  { benchmarkRead(b, 16<<20) }
func BenchmarkMimeReadSmall(b *testing.B)  { benchmarkMime(b, 100) }
func BenchmarkMimeReadLarge(b *testing.B)  { benchmarkMime(b, 16<<20) }
func BenchmarkFormURLEncoded(b *testing.B) { benchmarkURLEncoded(b) }

func benchmarkRead(b *testing.B, fileBytes int) {
	contentType, content := wireOf(b, fileBytes)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := form.NewReader(strings.NewReader(content), contentType, form.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		for p, err := range r.Parts() {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, p); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// benchmarkMime is the same with the standard library.
func benchmarkMime(b *testing.B, fileBytes int) {
	contentType, content := wireOf(b, fileBytes)
	_, boundary, _ := strings.Cut(contentType, "boundary=")
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		r := multipart.NewReader(strings.NewReader(content), boundary)
		for {
			p, err := r.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, p); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchmarkURLEncoded(b *testing.B) {
	content := strings.Repeat("name=value+%41&other=x&", 20)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := form.ParseURLEncoded(strings.NewReader(content), form.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
