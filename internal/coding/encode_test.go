package coding_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

// encoder is what all compressing writers can do.
type encoder interface {
	io.WriteCloser
	Flush() error
}

// codec is a coding and a way to apply it.
type codec struct {
	name   string // of the test
	coding string
	open   func(io.Writer) encoder
}

var codecs = []codec{
	{"gzip", "gzip", func(w io.Writer) encoder { return gzip.NewWriter(w) }},
	{"zlib", "deflate", func(w io.Writer) encoder { return zlib.NewWriter(w) }},
	{"raw-deflate", "deflate", func(w io.Writer) encoder { return must(flate.NewWriter(w, 6)) }},
	{"br", "br", func(w io.Writer) encoder { return brotli.NewWriterLevel(w, 5) }},
	{"zstd", "zstd", func(w io.Writer) encoder {
		return must(zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true)))
	}},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// encode applies a coding to text.
func (c codec) encode(text string) []byte {
	var b bytes.Buffer
	w := c.open(&b)
	must(io.WriteString(w, text))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// decode reads a whole body.
func decode(src io.Reader, contentEncoding string, limits coding.Limits) (string, error) {
	r, err := coding.NewReader(src, []string{contentEncoding}, limits)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

// prose gives n bytes that compress as a page does, always the same.
func prose(n int) string {
	words := strings.Fields("an asynchronous client grabs a page from a web site, then many at once and never blocks")
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[rng.IntN(len(words))])
		b.WriteByte(" \n"[rng.IntN(20)/19])
	}
	return b.String()[:n]
}

func eachCodec(t *testing.T, f func(t *testing.T, c codec)) {
	for _, c := range codecs {
		t.Run(c.name, func(t *testing.T) { f(t, c) })
	}
}
