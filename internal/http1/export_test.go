package http1

import "sync"

const (
	BufferSize  = bufferSize
	ChunkExcess = chunkExcess
)

// ParseHead reads a head that is there whole, behind others that were read into the
// same buffer, and reports whether it can be read so.
func ParseHead(head []byte, lim *Limits, before ...[]byte) (ResponseHead, bool) {
	var known *lines
	if len(before) > 0 {
		known = new(lines)
	}
	for _, b := range before {
		new(ResponseHead).parseBuffered(b, lim, known)
	}
	var h ResponseHead
	ok := h.parseBuffered(head, lim, known)
	return h, ok
}

// Forget lets no later reader find what a buffer remembers of earlier ones.
func Forget() { buffers = sync.Pool{New: newBuffer} }
