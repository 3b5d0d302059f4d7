package connector

import "sync"

// heads is where replies keep the heads of their answers: pieces of a block that
// several share. A head outlives the buffer that it was read into, and its reply
// may outlive the others' of the block, which is why it is no larger.
type heads struct{ block []byte }

// blocks are those with room left. One is taken for the moment of a copy: a
// request that waits for its answer holds none.
var blocks = sync.Pool{New: func() any { return new(heads) }}

// headBlock is the size of a block, and longestHead the longest head that goes
// into one.
const (
	headBlock   = 8 << 10
	longestHead = 1 << 10
)

// keepHead copies the two parts of a head, one behind the other.
func keepHead(reason, fields []byte) []byte {
	n := len(reason) + len(fields)
	if n > longestHead {
		return append(append(make([]byte, 0, n), reason...), fields...)
	}
	h := blocks.Get().(*heads)
	if n > cap(h.block)-len(h.block) {
		h.block = make([]byte, 0, headBlock)
	}
	from := len(h.block)
	h.block = append(append(h.block, reason...), fields...)
	head := h.block[from:len(h.block):len(h.block)]
	blocks.Put(h)
	return head
}
