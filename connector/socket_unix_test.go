//go:build unix

package connector_test

import (
	"net"
	"syscall"
)

// spoken reports whether the peer of a socket has sent something.
func spoken(conn net.Conn) (yes bool) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return true
	}
	raw.Control(func(fd uintptr) {
		n, _, _ := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		yes = n > 0
	})
	return yes
}
