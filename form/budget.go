package form

import "io"

// entryBytes is what an entry of a form takes in memory besides its name and
// value: the slots in the map and the slice, and their spare room.
const entryBytes = 128

// fileBytes is what a [File] takes besides: itself and the map of its header.
const fileBytes = 512

// budget is memory that may still be used.
type budget struct{ left, most int64 }

func (b *budget) take(n int) error {
	if int64(n) > b.left {
		return memoryError(b.most)
	}
	b.left -= int64(n)
	return nil
}

func memoryError(most int64) error {
	return &LimitError{"bytes to be held in memory", most}
}

// capped is a reader that fails when there is more to read than allowed.
type capped struct {
	r          io.Reader
	left, most int64
	err        error
}

func (c *capped) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if int64(len(p)) > c.left {
		p = p[:c.left+1] // one more, to tell the end from too much
	}
	n, err := c.r.Read(p)
	if int64(n) > c.left {
		n, err = int(c.left), &LimitError{"bytes", c.most}
	}
	c.left -= int64(n)
	c.err = err
	return n, err
}
