package aiohttp

import (
	"bytes"
	"slices"
)

const (
	// atOnceBytes bounds how much memory is set aside for a body because its
	// Content-Length says so, before any of it has arrived; and each piece of a
	// body of unknown length.
	atOnceBytes = 1 << 20

	// perArrived is how much of what is still to come memory is set aside for, by
	// what has arrived: who announces much has to send an eighth of it.
	perArrived = 8
)

// pieces is a body as it is read into memory. One of unknown length is kept in
// pieces, so that little more is held than what has come: a buffer that grows is
// there twice while it is copied, and what it has left behind is not collected at
// once. One of known length has room for all of it soon, and is not copied again.
type pieces struct {
	known int64 // length of the whole; below zero when it is not known
	size  int64 // what has come
	full  [][]byte
	last  []byte
}

// room gives where to read the next bytes to, at least one.
func (p *pieces) room() []byte {
	if free := p.last[len(p.last):cap(p.last)]; len(free) > 0 {
		return free
	}
	switch {
	case p.size <= p.known:
		// One more than the length, to find the end without growing.
		whole := min(p.known, max(perArrived*p.size, atOnceBytes)) + 1
		p.last = slices.Grow(p.last, int(whole-p.size))
	case p.last == nil:
		p.last = make([]byte, 0, bytes.MinRead)
	default:
		p.full = append(p.full, p.last)
		p.last = make([]byte, 0, min(2*cap(p.last), atOnceBytes))
	}
	return p.last[len(p.last):cap(p.last)]
}

// took says that n bytes were read to the room.
func (p *pieces) took(n int) {
	p.last = p.last[:len(p.last)+n]
	p.size += int64(n)
}

// join gives the whole.
func (p *pieces) join() []byte {
	if p.full == nil {
		return slices.Clip(p.last)
	}
	return slices.Concat(append(p.full, p.last)...)
}
