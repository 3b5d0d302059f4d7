//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package fetch

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// A file is open for writing, by one goroutine. It is a bare descriptor until
// somebody wants more of it: an os.File costs a system call, an allocation and
// a finalizer, which counts for a file of a few KiB.
type file struct {
	fd   int
	name string
	os   *os.File // owns the descriptor once there
}

// whole gives the file as package os has it.
func (f *file) whole() *os.File {
	if f.os == nil {
		f.os = os.NewFile(uintptr(f.fd), f.name)
	}
	return f.os
}

func (f *file) descriptor() int {
	if f.os != nil {
		return int(f.os.Fd())
	}
	return f.fd
}

// Write writes all of p. The error is a [*os.PathError].
func (f *file) Write(p []byte) (int, error) {
	if f.os != nil {
		return f.os.Write(p)
	}
	done := 0
	for done < len(p) {
		n, err := unix.Write(f.fd, p[done:])
		switch {
		case err == unix.EINTR:
			continue
		case err == nil && n <= 0:
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return done, &os.PathError{Op: "write", Path: f.name, Err: err}
		}
		done += n
	}
	return done, nil
}

// Close closes the file; it must be called once.
func (f *file) Close() error {
	if f.os != nil {
		return f.os.Close()
	}
	// After EINTR the descriptor is gone all the same.
	if err := unix.Close(f.fd); err != nil && err != unix.EINTR {
		return &os.PathError{Op: "close", Path: f.name, Err: err}
	}
	return nil
}
