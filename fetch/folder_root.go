//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package fetch

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"
)

// A handle is an open folder, used through os.Root alone.
type handle struct{ root *os.Root }

func openHandle(root *os.Root, path string) (handle, error) {
	r, err := root.OpenRoot(path)
	return handle{root: r}, err
}

func (h handle) close() { h.root.Close() }

// lookup tells whether name exists, and when it was last written. A folder of that
// name is an error.
func (h handle) lookup(name string) (written time.Time, exists bool, err error) {
	st, err := h.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, false, nil
	}
	if err == nil && st.IsDir() {
		err = &fs.PathError{Op: "stat", Path: name, Err: syscall.EISDIR}
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return st.ModTime(), true, nil
}

// create opens the file name for writing; it follows no symbolic link. There are
// no files without a name here.
func (h handle) create(name string, flag int) (file, error) {
	if name == "" {
		return file{}, errors.ErrUnsupported
	}
	f, err := h.root.OpenFile(name, flag|os.O_WRONLY, 0o666)
	return file{os: f}, err
}

// link is for files without a name.
func (h handle) link(*file, string, bool) error { return errors.ErrUnsupported }

// move renames name in the folder from into to.
func move(root *os.Root, from *folder, name string, to *folder, newName string) error {
	return root.Rename(path.Join(from.path, name), path.Join(to.path, newName))
}

// systemFull reports what diskFull does, where a system has a word of its own.
func systemFull(err error) bool {
	const diskFull = syscall.Errno(112) // ERROR_DISK_FULL of Windows
	return errors.Is(err, diskFull)
}
