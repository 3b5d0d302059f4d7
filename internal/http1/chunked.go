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

// A peer may spend on the coding of a chunk as many octets as a one-octet chunk
// needs, with room to spare, and twice the chunk's data. What goes beyond adds
// up, and may not grow above chunkExcess: else long extensions on tiny chunks
// make us read without end for nothing (CVE-2023-39326). The numbers are those
// of net/http.
const (
	chunkAllowance = 16
	chunkExcess    = 16 << 10
)

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
				b.open = false
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
		return bytes.HasPrefix(buffered, []byte("\r\n")) || bytes.Contains(buffered, []byte("\r\n\r\n"))
	}
	return len(buffered) > 0
}

// readChunkSize reads a chunk-size line.
func (b *Body) readChunkSize() error {
	line, err := b.readChunkLine()
	if err != nil {
		return err
	}
	size, err := parseChunkSize(line)
	if err != nil {
		return err
	}
	spent := int(b.excess) + len(line) + len("\r\n")
	earned := chunkAllowance + 2*int(min(size, chunkExcess/2))
	if spent-earned > chunkExcess {
		return &LimitError{What: "octets of chunk extensions that bring no data", Max: chunkExcess}
	}
	b.rd.Discard(len(line))
	b.excess = int32(max(0, spent-earned))
	b.left = size
	b.state = chunkData
	if size == 0 {
		b.state = chunkTrailer
	}
	return nil
}

// readChunkLine gives the line, with its line end; it stays buffered.
func (b *Body) readChunkLine() ([]byte, error) {
	most := b.lim.LineBytes
	for {
		buffered := b.rd.Buffered()
		end := bytes.IndexByte(buffered, '\n') + 1
		if end > most || end == 0 && len(buffered) >= most {
			return nil, &LimitError{What: "octets of a chunk-size line", Max: most}
		}
		if end > 0 {
			return buffered[:end], nil
		}
		if err := b.rd.Fill(plus(most, bufferSize)); err != nil {
			return nil, err
		}
	}
}

// parseChunkSize reads 1*HEXDIG [ chunk-ext ] CRLF.
//
// RFC 9112, section 7.1: "recipients MUST anticipate potentially large
// hexadecimal numerals and prevent parsing errors due to integer conversion
// overflows or precision loss due to integer representation."
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-5
func parseChunkSize(line []byte) (int64, error) {
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return 0, loneLF(line)
	}
	var size int64
	digits := 0
	for ; digits < len(text); digits++ {
		d := hexDigit(text[digits])
		if d < 0 {
			break
		}
		if size > (math.MaxInt64-d)/16 {
			return 0, malformed("chunk size too large", text)
		}
		size = size*16 + d
	}
	if digits == 0 || !validChunkExt(text[digits:]) {
		return 0, malformed("invalid chunk-size line", text)
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

// readChunkEnd reads the CRLF behind chunk-data, and fails as soon as it is not
// one.
func (b *Body) readChunkEnd() error {
	for {
		got := b.rd.Buffered()
		if n := min(len(got), 2); string(got[:n]) != "\r\n"[:n] {
			return malformed("chunk data not followed by CRLF", got[:n])
		}
		if len(got) >= 2 {
			b.rd.Discard(2)
			b.state = chunkSize
			return nil
		}
		if err := b.rd.Fill(bufferSize); err != nil {
			return err
		}
	}
}

// readTrailer reads the trailer section and keeps a copy of it.
//
// RFC 9112, section 7.1.2: "A recipient that retains a received trailer field
// MUST either store/forward the trailer field separately from the received
// header fields or merge the received trailer field into the header section."
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-3
func (b *Body) readTrailer() error {
	block, err := b.rd.readBlock(0, b.lim, "octets of trailer fields")
	if err != nil {
		return err
	}
	if len(block) > len("\r\n") {
		trailer, err := scanFields(bytes.Clone(block), b.lim, nil, nil)
		if err != nil {
			return err
		}
		b.trailer = &trailer
	}
	b.rd.Discard(len(block))
	return nil
}

// AppendChunkHeader appends the chunk-size line of a chunk of n octets; that of
// zero octets is the last.
func AppendChunkHeader(dst []byte, n int) []byte {
	dst = strconv.AppendUint(dst, uint64(n), 16)
	return append(dst, "\r\n"...)
}
