package coding

// maxWindowMemory bounds the memory for the windows of all the codings of a body:
// room for br in zstd, or br twice as servers write it, with windows of 4 MiB. Five
// times br with the largest would take 160 MiB, however small the body.
const maxWindowMemory = 44 << 20

// windowMemory gives how many bytes a decoder may come to hold for its window, by
// the first byte of what it is to decode.
func windowMemory(coding string, first byte) int {
	switch coding {
	case "br":
		return 2 << brotliWindowBits(first) // it grows by doubling: there is an old one as well
	case "zstd":
		return maxWindowBytes + 2<<20 // measured: there is a block beside it
	}
	return 32 << 10
}

// brotliWindowBits gives the binary logarithm of a window.
//
// "The first field in the stream header is the window size"; the bits of WBITS are
// "0 16, 0000001 17, 0011 18, 0101 19, 0111 20, 1001 21, 1011 22, 1101 23, 1111 24,
// 0100001 10" and so on up to "1110001 15"; 0010001 is none.
// https://www.rfc-editor.org/rfc/rfc7932#section-9.1
func brotliWindowBits(first byte) int {
	high, low := int(first>>1&7), int(first>>4&7)
	switch {
	case first&1 == 0:
		return 16
	case high != 0:
		return 17 + high
	case low == 0:
		return 17
	}
	return 8 + low
}
