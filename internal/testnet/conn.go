package testnet

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Conn is one end of an in-memory connection. It is safe for concurrent use, and
// behaves as a *net.TCPConn does: the bytes of one Write stay together, errors
// other than io.EOF are *net.OpError around the cause.
type Conn struct {
	link          *link
	in, out       *stream
	local, remote net.Addr
	listed        []*registry // who counts this conn while it is open

	// Guarded by link.mu.
	closed        bool
	readDeadline  deadline
	writeDeadline deadline
}

var _ net.Conn = (*Conn)(nil)

// Pipe gives the two ends of a new connection without faults.
func Pipe() (client, server *Conn) { return PipeWith(Options{}) }

// PipeWith gives the two ends of a new connection with the given properties.
func PipeWith(opts Options) (client, server *Conn) {
	return newPipe(opts,
		netip.AddrPortFrom(clientIPv4, firstEphemeralPort),
		netip.AddrPortFrom(firstServerIP, 80))
}

// newPipe makes a connection whose client end is also listed in lists.
func newPipe(opts Options, from, to netip.AddrPort, lists ...*registry) (client, server *Conn) {
	clientAddr, serverAddr := net.TCPAddrFromAddrPort(from), net.TCPAddrFromAddrPort(to)
	l := newLink(opts)
	toServer, toClient := l.streams[0], l.streams[1]
	client = &Conn{link: l, in: toClient, out: toServer, local: clientAddr, remote: serverAddr}
	server = &Conn{link: l, in: toServer, out: toClient, local: serverAddr, remote: clientAddr}
	client.listed = append(lists, &openConns)
	server.listed = []*registry{&openConns}
	for _, c := range []*Conn{client, server} {
		for _, r := range c.listed {
			r.add(c)
		}
	}
	return client, server
}

// Read gives bytes that have arrived, and blocks while there are none. It gives
// io.EOF after the peer's Close or CloseWrite, ECONNRESET after its Reset, each
// once all that arrived before is read.
func (c *Conn) Read(p []byte) (int, error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, c.opError("read", net.ErrClosed)
		case c.readDeadline.expired:
			return 0, c.opError("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		case c.in.arrived > 0:
			n := c.in.take(p)
			c.link.changed.Broadcast()
			return n, nil
		case c.in.drained() && c.in.readErr == io.EOF:
			return 0, io.EOF
		case c.in.drained() && c.in.readErr != nil:
			return 0, c.opError("read", os.NewSyscallError("read", c.in.readErr))
		}
		c.link.changed.Wait()
	}
}

// Write puts p on its way to the peer, and blocks while the buffer is full. It
// gives EPIPE once the peer has closed or CloseWrite was called, ECONNRESET after
// the peer's Reset.
func (c *Conn) Write(p []byte) (int, error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	written, owner := 0, false
	defer func() {
		if owner {
			c.out.writing = false
			c.link.changed.Broadcast()
		}
	}()
	for {
		switch {
		case c.closed:
			return written, c.opError("write", net.ErrClosed)
		case c.writeDeadline.expired:
			return written, c.opError("write", os.ErrDeadlineExceeded)
		case written == len(p):
			return written, nil
		case c.out.writeErr != nil:
			return written, c.opError("write", os.NewSyscallError("write", c.out.writeErr))
		case !owner && !c.out.writing:
			c.out.writing, owner = true, true
		case owner && c.out.room() > 0:
			written += c.out.put(p[written:])
		default:
			c.link.changed.Wait()
		}
	}
}

// CloseWrite ends the stream to the peer, which can go on writing: a half close.
func (c *Conn) CloseWrite() error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	if c.out.writeErr == nil {
		c.out.writeErr = syscall.EPIPE
	}
	c.out.finish(io.EOF)
	c.link.changed.Broadcast()
	return nil
}

// Close ends the connection. The peer reads what was written, then io.EOF. Reads
// and writes that are blocked here give net.ErrClosed, as does a second Close.
func (c *Conn) Close() error { return c.shut(io.EOF, syscall.EPIPE) }

// Reset breaks the connection off, as a socket closed with SO_LINGER 0 does. The
// peer's reads give ECONNRESET after what had been written, its writes at once.
func (c *Conn) Reset() error { return c.shut(syscall.ECONNRESET, syscall.ECONNRESET) }

func (c *Conn) shut(readErr, writeErr error) error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.closed = true
	c.readDeadline.stop()
	c.writeDeadline.stop()
	c.out.finish(readErr)
	c.in.refuse(writeErr)
	c.link.changed.Broadcast()
	for _, r := range c.listed {
		r.remove(c)
	}
	return nil
}

// Pending reports whether a Read would give something at once: bytes, the end of
// the stream, an error of the connection.
func (c *Conn) Pending() bool {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.closed || c.in.arrived > 0 || c.in.drained() && c.in.readErr != nil
}

// LocalAddr is a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines. The zero time means none.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.setDeadlines(t, &c.readDeadline, &c.writeDeadline)
}

// SetReadDeadline sets the moment after which Read gives os.ErrDeadlineExceeded,
// even when bytes are there. The zero time means none.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.setDeadlines(t, &c.readDeadline)
}

// SetWriteDeadline sets the moment after which Write gives os.ErrDeadlineExceeded.
// The zero time means none.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.setDeadlines(t, &c.writeDeadline)
}

func (c *Conn) setDeadlines(t time.Time, deadlines ...*deadline) error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	for _, d := range deadlines {
		d.set(c.link, t)
	}
	return nil
}

func (c *Conn) opError(op string, cause error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: cause}
}
