package http1

import (
	"bytes"
	"io"
	"math"
	"strconv"
)

// chunkState is what a chunked body expects next.
type chunkState uint8

const (
	chunkSize    chunkState = iota // a chunk-size line
	chunkData                      // left octets of chunk-data
	chunkEnd                       // the CRLF behind chunk-data
	chunkTrailer                   // the trailer section and the final CRLF
)

// chunkExcess bounds the octets that a peer may spend on chunk overhead beyond
// what the data it delivers explains, so that long extensions on tiny chunks
// cannot make us read without end for nothing.
const chunkExcess = 16 << 10

// readChunked decodes the chunked transfer coding.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF
//	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-2
func (b *Body) readChunked(p []byte) (int, error) {
	total := 0
	for {
		// With data in hand, go on only as far as what is buffered reaches.
		if total > 0 && !b.ready() {
			return total, nil
		}
		var err error
		switch b.state {
		case chunkSize:
			err = b.readChunkSize()
		case chunkData:
			if len(p) == 0 {
				return total, nil
			}
			var n int
			n, err = b.rd.Read(p[:min(int64(len(p)), b.left)])
			total += n
			p = p[n:]
			if b.left -= int64(n); b.left == 0 {
				b.state = chunkEnd
			}
		case chunkEnd:
			err = b.readChunkEnd()
		case chunkTrailer:
			if err = b.readTrailer(); err == nil {
				b.done = true
				return total, io.EOF
			}
		}
		if err != nil {
			return total, noEOF(err)
		}
	}
}

// ready reports whether the next step of the coding can be taken without
// reading from the source.
func (b *Body) ready() bool {
	buffered := b.rd.Buffered()
	switch b.state {
	case chunkSize:
		return bytes.IndexByte(buffered, '\n') >= 0
	case chunkEnd:
		return len(buffered) >= 2
	case chunkTrailer:
		return len(buffered) >= 2 && (buffered[0] == '\r' || bytes.Contains(buffered, blankLine))
	}
	return len(buffered) > 0
}

// readChunkSize reads a chunk-size line.
func (b *Body) readChunkSize() error {
	var line []byte
	for {
		buffered := b.rd.Buffered()
		if end := bytes.IndexByte(buffered, '\n'); end >= 0 {
			line = buffered[:end+1]
			break
		}
		if len(buffered) > b.lim.LineBytes {
			return &LimitError{What: "chunk-size line", Max: b.lim.LineBytes}
		}
		if err := b.rd.Fill(b.lim.LineBytes + bufferSize); err != nil {
			return err
		}
	}
	if len(line) > b.lim.LineBytes {
		return &LimitError{What: "chunk-size line", Max: b.lim.LineBytes}
	}
	size, err := parseChunkSize(line)
	if err != nil {
		return err
	}
	b.rd.Discard(len(line))
	b.excess = max(0, b.excess+len(line)+2-16-int(min(2*size, chunkExcess)))
	if b.excess > chunkExcess {
		return &LimitError{What: "overhead of chunk extensions", Max: chunkExcess}
	}
	b.left = size
	b.state = chunkData
	if size == 0 {
		b.state = chunkTrailer
	}
	return nil
}

// parseChunkSize reads "1*HEXDIG [ chunk-ext ] CRLF".
//
// RFC 9112, section 7.1: "recipients MUST anticipate potentially large
// hexadecimal numerals and prevent parsing errors due to integer conversion
// overflows". The white space that the grammar allows before an extension
// ("BWS") is refused: nobody sends it but to be misread.
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-3
func parseChunkSize(line []byte) (int64, error) {
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return 0, malformed("chunk-size line", line)
	}
	text := line[:len(line)-2]
	var size int64
	i := 0
	for ; i < len(text); i++ {
		d := hexDigit(text[i])
		if d < 0 {
			break
		}
		if size > (math.MaxInt64-d)/16 {
			return 0, malformed("chunk size too large", line)
		}
		size = size*16 + d
	}
	if i == 0 || i < len(text) && text[i] != ';' || !ValidValue(text[i:]) {
		return 0, malformed("chunk-size line", line)
	}
	return size, nil
}

func hexDigit(c byte) int64 {
	switch {
	case c >= '0' && c <= '9':
		return int64(c - '0')
	case c >= 'a' && c <= 'f':
		return int64(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int64(c-'A') + 10
	}
	return -1
}

func (b *Body) readChunkEnd() error {
	for len(b.rd.Buffered()) < 2 {
		if err := b.rd.Fill(bufferSize); err != nil {
			return err
		}
	}
	if end := b.rd.Buffered()[:2]; string(end) != "\r\n" {
		return malformed("chunk data not followed by CRLF", end)
	}
	b.rd.Discard(2)
	b.state = chunkSize
	return nil
}

// readTrailer reads the trailer section and keeps a copy of it.
func (b *Body) readTrailer() error {
	for len(b.rd.Buffered()) < 2 {
		if err := b.rd.Fill(bufferSize); err != nil {
			return err
		}
	}
	if string(b.rd.Buffered()[:2]) == "\r\n" {
		b.rd.Discard(2)
		return nil
	}
	block, err := b.rd.readBlock(b.lim.HeadBytes)
	if err != nil {
		return err
	}
	owned := bytes.Clone(block)
	trailer, err := scanFields(owned, b.lim, func(field) error { return nil })
	if err != nil {
		return err
	}
	b.rd.Discard(len(block))
	b.trailer = trailer
	return nil
}

// AppendChunkHeader appends the chunk-size line of a chunk of n octets.
func AppendChunkHeader(dst []byte, n int) []byte {
	dst = strconv.AppendUint(dst, uint64(n), 16)
	return append(dst, "\r\n"...)
}
