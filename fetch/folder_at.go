//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package fetch

import (
	"errors"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A handle is an open folder, used by the calls that take a descriptor and a
// name: the name is a single part, so there is no path to be led astray.
type handle struct {
	dir *os.File
	fd  int
}

func openHandle(root *os.Root, path string) (handle, error) {
	f, err := root.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return handle{}, err
	}
	return handle{dir: f, fd: int(f.Fd())}, nil
}

func (h handle) close() { h.dir.Close() }

// lookup tells whether name exists, and when it was last written. A folder of that
// name is an error.
func (h handle) lookup(name string) (written time.Time, exists bool, err error) {
	var st unix.Stat_t
	err = retryInterrupted(func() error { return unix.Fstatat(h.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if errors.Is(err, unix.ENOENT) {
		return time.Time{}, false, nil
	}
	if err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		err = unix.EISDIR
	}
	if err != nil {
		return time.Time{}, false, &os.PathError{Op: "stat", Path: name, Err: err}
	}
	return time.Unix(st.Mtim.Unix()), true, nil
}

// create opens the file name for writing, or one without a name if that is
// empty; it follows no symbolic link.
func (h handle) create(name string, flag int) (file, error) {
	if name == "" {
		if noName == 0 {
			return file{}, errors.ErrUnsupported
		}
		name, flag = ".", noName
	}
	for {
		fd, err := unix.Openat(h.fd, name, flag|unix.O_WRONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o666)
		switch err {
		case nil:
			return file{fd: fd, name: name}, nil
		case unix.EINTR:
		default:
			return file{}, &os.PathError{Op: "open", Path: name, Err: err}
		}
	}
}

// link gives the file f, which has no name, the name: by its descriptor, or by
// way of /proc where the system wants a privilege for that.
func (h handle) link(f *file, name string, viaProc bool) error {
	fd := f.descriptor()
	for {
		var err error
		if viaProc {
			err = unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), h.fd, name, unix.AT_SYMLINK_FOLLOW)
		} else {
			err = unix.Linkat(fd, "", h.fd, name, emptyPath)
		}
		switch err {
		case nil:
			return nil
		case unix.EINTR:
		default:
			return &os.PathError{Op: "link", Path: name, Err: err}
		}
	}
}

// move renames name in the folder from into to.
func move(_ *os.Root, from *folder, name string, to *folder, newName string) error {
	err := retryInterrupted(func() error { return unix.Renameat(from.fd, name, to.fd, newName) })
	if err != nil {
		return &os.PathError{Op: "rename", Path: newName, Err: err}
	}
	return nil
}

func retryInterrupted(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// systemFull reports what diskFull does, where a system has a word of its own.
func systemFull(error) bool { return false }
