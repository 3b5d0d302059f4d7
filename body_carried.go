package aiohttp

import "sync"

// carried is a body on its way through middleware, which any number of attempts
// may send.
type carried struct {
	body body

	mu    sync.Mutex
	begun bool // middleware has read of it
	taken bool // by an attempt, whose it is to close
}

// Read is for middleware that wants to read the body itself. Once an attempt has
// taken it, it begins anew: what the attempt has is not touched.
func (c *carried) Read(p []byte) (int, error) {
	c.mu.Lock()
	if c.taken {
		if err := c.body.rewind(); err != nil {
			c.mu.Unlock()
			return 0, err
		}
		c.taken = false
	}
	c.begun = true
	reader := c.body.reader
	c.mu.Unlock()
	return reader.Read(p)
}

// Close closes a body that no attempt has taken.
func (c *carried) Close() error {
	c.settle()
	return nil
}

// settle closes the body, unless an attempt has done so or will. A nil carried is
// no body.
func (c *carried) settle() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.taken {
		c.taken = true
		c.body.close()
	}
}

// handOver gives the body to an attempt: the first has it as it is, each later
// one from its start.
func (c *carried) handOver(b *body) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || c.taken {
		before := c.body
		if err := c.body.rewind(); err != nil {
			return err
		}
		if !c.taken {
			before.close() // what middleware has read of
		}
	}
	c.taken = true
	b.reader, b.length, b.reopen, b.contentType = c.body.reader, c.body.length, c.body.reopen, defaultBodyType
	return nil
}
