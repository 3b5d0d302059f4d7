package coding

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

var errTrailingGarbage = errors.New("garbage after the end")

// gzipDecoder undoes gzip.
type gzipDecoder struct {
	src        *bufio.Reader
	z          gzip.Reader
	inMember   bool
	members    int
	maxMembers int
}

func (d *gzipDecoder) reset(src *bufio.Reader, limits Limits) {
	d.src = src
	d.inMember = false
	d.members = 0
	d.maxMembers = limits.MaxMembers
}

func (d *gzipDecoder) release() { d.src = nil }

func (d *gzipDecoder) Read(p []byte) (int, error) {
	for {
		if !d.inMember {
			if err := d.next(); err != nil {
				return 0, err
			}
			d.inMember = true
		}
		n, err := d.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		d.inMember = false
		if n > 0 {
			return n, nil
		}
	}
}

// next begins the next member, and gives io.EOF if there is none. The members are
// ours to walk through, as the decoder's own way has no limit for them.
//
// "A gzip file consists of a series of "members" (compressed data sets)."
// https://www.rfc-editor.org/rfc/rfc1952#section-2
func (d *gzipDecoder) next() error {
	if d.members > 0 {
		if b, err := d.src.Peek(1); err != nil {
			return err
		} else if b[0] != 0x1f {
			return endOfInput(d.src)
		}
	}
	if d.members++; d.maxMembers > 0 && d.members > d.maxMembers {
		return limitError{LimitMembers, float64(d.maxMembers)}
	}
	if err := d.z.Reset(d.src); err == io.EOF {
		return io.ErrUnexpectedEOF
	} else if err != nil {
		return err
	}
	d.z.Multistream(false)
	return nil
}

// endOfInput gives io.EOF when nothing follows but zeros, with which tape
// blocks are filled up: gzip(1) ignores them, too.
func endOfInput(src *bufio.Reader) error {
	for {
		b, err := src.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			return errTrailingGarbage
		}
	}
}
