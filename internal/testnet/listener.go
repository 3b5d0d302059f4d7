package testnet

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// backlog is how many connections wait to be accepted before dials block. It is
// Linux's net.core.somaxconn of old, which Go falls back to.
const backlog = 128

// listener accepts connections to one or several addresses.
type listener struct {
	network *Network
	addrs   []netip.AddrPort
	queue   chan *Conn
	done    chan struct{} // closed by Close
	closing sync.Once
}

// Listen takes connections to addr ("host:port") at all of the host's addresses. An
// empty host is localhost. Port 0 takes a free one, see the listener's Addr.
func (n *Network) Listen(addr string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	aps, err := n.resolve(addr, true)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: err}
	}
	if len(aps) == 0 {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: hostAddr(addr), Err: os.NewSyscallError("bind", syscall.EADDRNOTAVAIL)}
	}
	if aps[0].Port() == 0 {
		port := n.ephemeral(aps[0].Addr()).Port()
		for i := range aps {
			aps[i] = netip.AddrPortFrom(aps[i].Addr(), port)
		}
	}
	for _, ap := range aps {
		if n.listeners[ap] != nil {
			return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(ap), Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
		}
	}
	l := &listener{network: n, addrs: aps, queue: make(chan *Conn, backlog), done: make(chan struct{})}
	for _, ap := range aps {
		n.listeners[ap] = l
	}
	return l, nil
}

// Accept gives the next connection's server end, a *Conn.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.done: // first, as a closed listener gives nothing even if it could
	default:
		select {
		case c := <-l.queue:
			return c, nil
		case <-l.done:
		}
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
}

// Close refuses later connections, and resets those that nobody has accepted.
func (l *listener) Close() error {
	err := error(&net.OpError{Op: "close", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed})
	l.closing.Do(func() {
		l.network.forget(l)
		close(l.done)
		l.drain()
		err = nil
	})
	return err
}

// Addr is the first address that it listens at, a *net.TCPAddr.
func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addrs[0]) }

// offer queues c, and blocks while the queue is full.
func (l *listener) offer(ctx context.Context, c *Conn) error {
	select {
	case <-l.done:
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return ctx.Err()
	case l.queue <- c:
	}
	select {
	case <-l.done: // it may have closed before c came, and c would stay in the queue
		l.drain()
	default:
	}
	return nil
}

// drain resets the connections that nobody has accepted.
func (l *listener) drain() {
	for {
		select {
		case c := <-l.queue:
			c.Reset()
		default:
			return
		}
	}
}

// forget takes a listener's addresses back.
func (n *Network) forget(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ap := range l.addrs {
		delete(n.listeners, ap)
	}
}
