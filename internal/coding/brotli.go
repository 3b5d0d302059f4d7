package coding

import (
	"bufio"
	"io"

	"github.com/andybalholm/brotli"
)

// brotliDecoder undoes br.
type brotliDecoder struct {
	z   brotli.Reader
	src smallReads
}

func (d *brotliDecoder) reset(src *bufio.Reader, _ Limits) {
	d.src.Reader = src
	d.z.Reset(&d.src)
}

func (d *brotliDecoder) release() { d.src.Reader = nil }

func (d *brotliDecoder) Read(p []byte) (int, error) { return d.z.Read(p) }

// smallReads keeps the decoder, which has a buffer of its own, from reading far
// ahead: see sourceBufferBytes.
type smallReads struct{ io.Reader }

func (r *smallReads) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:min(len(p), sourceBufferBytes)])
}
