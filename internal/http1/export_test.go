package http1

import "bytes"

const (
	BufferSize  = bufferSize
	ChunkExcess = chunkExcess
)

// ParseHead reads a head that is there whole, behind others that were read into the
// same buffer.
func ParseHead(head []byte, lim *Limits, before ...[]byte) (ResponseHead, error) {
	var known *lines
	if len(before) > 0 {
		known = new(lines)
	}
	for _, b := range before {
		var h ResponseHead
		h.parse(b, bytes.IndexByte(b, '\n')+1, lim, known)
	}
	var h ResponseHead
	err := h.parse(head, bytes.IndexByte(head, '\n')+1, lim, known)
	return h, err
}
