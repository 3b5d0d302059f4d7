package connector

import (
	"io/fs"
	"net"
	"os"
	"slices"
	"syscall"
)

// direct is a file on its way to a socket of the system's, in one visit to the
// runtime's poller: package net's way makes garbage of each piece, and knows
// nothing of who wants to stop it before it has to wait.
type direct struct {
	upload *upload
	src    int
	sent   int64
	err    error // that of the system call
}

// sendDirect copies a file to the socket. ok is false when the connection is none,
// or the system cannot do it for this file, of which nothing was read then.
func (u *upload) sendDirect(file *os.File) (sent int64, ok bool, err error) {
	switch u.conn.wire.Conn.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		return 0, false, nil
	}
	raw, err := file.SyscallConn()
	if err != nil || u.conn.wire.socket.raw == nil {
		return 0, false, nil
	}
	d := &direct{upload: u}
	unopened := raw.Control(func(fd uintptr) {
		d.src = int(fd)
		err = d.run()
	})
	if unopened != nil || d.sent == 0 && unsupported(d.err) {
		return 0, false, nil
	}
	if errno, ok := d.err.(syscall.Errno); ok && slices.Contains(fileErrors, errno) {
		u.reading = true
		err = &fs.PathError{Op: "read", Path: file.Name(), Err: errno}
	}
	return d.sent, true, err
}

// fileErrors are what sendfile says of the file and never of the socket: then the
// body has failed, and no answer to it is waited for.
var fileErrors = []syscall.Errno{syscall.EBADF, syscall.EIO, syscall.EISDIR, syscall.EOVERFLOW, syscall.EACCES, syscall.ESTALE}

func (d *direct) run() error {
	w := &d.upload.conn.wire
	w.begin(&w.writes, d.upload.limits.Write, "write")
	step := d.step
	for {
		err := w.socket.raw.Write(step)
		if err == nil && d.err == nil {
			return nil
		}
		if err == nil {
			err = d.err
			if errno, ok := err.(syscall.Errno); ok {
				err = &net.OpError{Op: "write", Net: w.RemoteAddr().Network(), Source: w.LocalAddr(), Addr: w.RemoteAddr(), Err: os.NewSyscallError("sendfile", errno)}
			}
		}
		if err = w.failed(&w.writes, err); err != nil {
			return err
		}
	}
}

// step copies what the socket takes; false means that it takes nothing now.
func (d *direct) step(fd uintptr) bool {
	u := d.upload
	w := &u.conn.wire
	for d.sent < u.call.Length {
		if u.ceased.Load() {
			d.err = errCeased
			return true
		}
		n, err := syscall.Sendfile(int(fd), d.src, nil, int(min(u.call.Length-d.sent, filePiece)))
		switch {
		case n > 0:
			d.sent += int64(n)
			w.progress(&w.writes)
		case err == syscall.EAGAIN:
			return false
		case err != syscall.EINTR:
			d.err = err // nil is the end of the file
			return true
		}
	}
	return true
}

// unsupported reports whether the system has no sendfile for such a file.
func unsupported(err error) bool {
	return err == syscall.EINVAL || err == syscall.ENOSYS || err == syscall.EOPNOTSUPP
}
