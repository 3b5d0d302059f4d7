package httpbin

import "net/http"

func (s *site) brotli(w http.ResponseWriter, r *http.Request) {
	e := newEcho(r)
	e.Brotli = true
	e.write(w, "br", appendBrotli)
}

func (s *site) zstd(w http.ResponseWriter, r *http.Request) {
	e := newEcho(r)
	e.Zstd = true
	e.write(w, "zstd", appendZstd)
}

// appendBrotli appends src as a brotli stream of uncompressed meta-blocks.
//
// "1 bit: ISUNCOMPRESSED, if set to 1, any bits of compressed data up to the
// next byte boundary are ignored, and the rest of the meta-block contains MLEN
// bytes of literal data"
// https://www.rfc-editor.org/rfc/rfc7932#section-9.2
func appendBrotli(dst, src []byte) []byte {
	// Bits are packed from the least significant one. The stream opens with
	// WBITS, of which the single bit 0 means a window of 16 bits; then each
	// meta-block has ISLAST = 0, MNIBBLES = 0 for a length of 4 nibbles, MLEN-1
	// and ISUNCOMPRESSED = 1.
	const maxBlock = 1 << 16
	shift := 4 // WBITS, ISLAST and MNIBBLES of the first meta-block
	if len(src) == 0 {
		// WBITS, ISLAST and ISLASTEMPTY, a bit each.
		return append(dst, 0x06)
	}
	for len(src) > 0 {
		n := min(len(src), maxBlock)
		head := uint32(n-1)<<shift | 1<<(shift+16)
		dst = append(dst, byte(head), byte(head>>8), byte(head>>16))
		dst = append(dst, src[:n]...)
		src = src[n:]
		shift = 3 // no WBITS any more
	}
	return append(dst, 0x03) // ISLAST and ISLASTEMPTY
}

// appendZstd appends src, of less than 4 GiB, as a zstd frame of raw blocks.
//
// "Raw_Block: This is an uncompressed block. Block_Content contains Block_Size
// bytes."
// https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2.2
func appendZstd(dst, src []byte) []byte {
	const (
		// Frame_Content_Size_Flag = 2, a size of 4 bytes, and
		// Single_Segment_Flag = 1, no window descriptor.
		// https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.1
		descriptor = 2<<6 | 1<<5
		maxBlock   = 128 << 10
	)
	size := uint32(len(src))
	dst = append(dst, 0x28, 0xb5, 0x2f, 0xfd, descriptor)
	dst = append(dst, byte(size), byte(size>>8), byte(size>>16), byte(size>>24))
	for {
		n := min(len(src), maxBlock)
		head := uint32(n) << 3 // Block_Type = 0, raw
		if n == len(src) {
			head |= 1 // Last_Block
		}
		dst = append(dst, byte(head), byte(head>>8), byte(head>>16))
		dst = append(dst, src[:n]...)
		src = src[n:]
		if head&1 == 1 {
			return dst
		}
	}
}
