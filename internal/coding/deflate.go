package coding

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

// deflateDecoder undoes deflate, in the zlib format or without it.
type deflateDecoder struct {
	src *bufio.Reader
	z   io.Reader // the one in use, nil before the first Read

	wrapped, raw io.ReadCloser // made when first needed
}

func (d *deflateDecoder) reset(src *bufio.Reader, _ Limits) {
	d.src = src
	d.z = nil
}

func (d *deflateDecoder) release() {
	d.src = nil
	d.z = nil
}

func (d *deflateDecoder) Read(p []byte) (int, error) {
	if d.z == nil {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	n, err := d.z.Read(p)
	if err == io.EOF {
		err = endOfInput(d.src)
	}
	return n, err
}

// open finds out which of the two formats it is.
//
// "Note: Some non-conformant implementations send the "deflate" compressed data
// without the zlib wrapper."
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2-2
func (d *deflateDecoder) open() (err error) {
	head, err := d.src.Peek(2)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case !isZlib(head) && d.raw == nil:
		d.raw = flate.NewReader(d.src)
		d.z = d.raw
		return nil
	case !isZlib(head):
		d.z = d.raw
		return d.raw.(flate.Resetter).Reset(d.src, nil)
	case d.wrapped == nil:
		if d.wrapped, err = zlib.NewReader(d.src); err == nil {
			d.z = d.wrapped
		}
		return err
	default:
		d.z = d.wrapped
		return d.wrapped.(zlib.Resetter).Reset(d.src, nil)
	}
}

// isZlib says whether this is the head of the zlib format: method 8 with a window
// of at most 32 KiB, and a check by 31. No raw deflate that an encoder writes begins
// so: it would be a stored block whose padding is not zero.
// https://www.rfc-editor.org/rfc/rfc1950#section-2
func isZlib(head []byte) bool {
	return len(head) == 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
}
