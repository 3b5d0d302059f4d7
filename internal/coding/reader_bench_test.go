package coding_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

func BenchmarkReaderPage(b *testing.B) {
	text := prose(100_000)
	for _, c := range codecs {
		b.Run(c.name, func(b *testing.B) {
			encoded := c.encode(text)
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, err := coding.NewReader(bytes.NewReader(encoded), []string{c.coding}, coding.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, r); err != nil || n != int64(len(text)) {
					b.Fatalf("got %d bytes, %v", n, err)
				}
				r.Close()
			}
		})
	}
}
