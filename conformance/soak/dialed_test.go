package soak_test

import (
	"context"
	"net"
	"slices"
	"sync"
)

// dialed keeps the connections of a connector. Those that were dropped without
// being closed stay open so; else the garbage collector would close them.
type dialed struct {
	mu    sync.Mutex
	conns []*net.TCPConn
}

func (d *dialed) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var nd net.Dialer
	conn, err := nd.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns = append(d.conns, conn.(*net.TCPConn))
	return conn, nil
}

// open gives how many are open, and forgets the others.
func (d *dialed) open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns = slices.DeleteFunc(d.conns, func(c *net.TCPConn) bool {
		raw, err := c.SyscallConn()
		return err != nil || raw.Control(func(uintptr) {}) != nil
	})
	return len(d.conns)
}
