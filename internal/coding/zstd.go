package coding

import (
	"bufio"
	"bytes"
	"errors"
	"runtime"

	"github.com/klauspost/compress/zstd"
)

// maxWindowBytes is the most that a frame may ask to be remembered.
//
// "A stream of bytes compressed using the Zstandard protocol with a Window_Size of
// not more than 8 MB."
// https://www.rfc-editor.org/rfc/rfc9659#section-5.1
const maxWindowBytes = 8 << 20

// zstdDecoder undoes zstd.
type zstdDecoder struct {
	z      *zstd.Decoder // made when first needed
	err    error         // of making or resetting z
	bubble bool          // z was made in a synctest bubble
}

func (d *zstdDecoder) reset(src *bufio.Reader, _ Limits) {
	if d.z != nil {
		d.err = d.z.Reset(src)
		return
	}
	// With a concurrency of one everything happens in Read: there is no goroutine,
	// and nothing is lost when the garbage collector takes an idle decoder.
	d.z, d.err = zstd.NewReader(src,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindowBytes))
	d.bubble = inBubble()
}

func (d *zstdDecoder) release() {
	switch {
	case d.bubble:
		d.z = nil
	case d.z != nil:
		d.err = d.z.Reset(nil)
	}
}

// inBubble says whether the caller runs in a bubble of testing/synctest. The decoder
// holds a channel, and to use a channel outside of the bubble that it was made in
// ends the process: so such a decoder must not come to another test through the pool.
// The first line of a stack is the only place that tells. It costs some microseconds,
// as much as making a decoder does, and is paid as seldom.
func inBubble() bool {
	var head [128]byte
	n := runtime.Stack(head[:], false)
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	return bytes.Contains(line, []byte("synctest bubble"))
}

func (d *zstdDecoder) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.z.Read(p)
	// The latter is how the decoder refuses a window that is given as the size of a
	// frame in one segment.
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		err = limitError{LimitWindow, maxWindowBytes}
	}
	return n, err
}
