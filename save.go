package aiohttp

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Save writes the body to a file and gives its size in bytes. The file appears
// under its name only when it is whole: the body is written beside it, under a
// temporary name, which is then changed. An existing file is replaced. When
// anything fails nothing is left behind, and an existing file stays as it was.
// The response is closed in any case.
//
// A symbolic link to a file is followed. What is there and is no regular file,
// such as a device or a pipe, is written to as it is.
//
// The file is not forced to the disk: what survives a power failure is up to the
// system.
func (r *Response) Save(path string) (n int64, err error) {
	defer r.Close()
	info, err := os.Stat(path)
	switch {
	case filepath.Base(path) == "." || strings.HasSuffix(path, string(os.PathSeparator)), err == nil && info.IsDir():
		return 0, &fs.PathError{Op: "save", Path: path, Err: errors.New("is a directory")}
	case err == nil && !info.Mode().IsRegular():
		return r.saveThrough(path)
	case err == nil:
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target // a link stays one
		}
	}
	dir := filepath.Dir(path)
	// The temporary name is short, as name may be as long as names can be.
	temporary := filepath.Join(dir, "."+rand.Text()+".part")
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, saveError(path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(temporary)
			n = 0
		}
	}()
	if n, err = r.writeTo(f); err != nil {
		f.Close()
		return n, r.about(saveError(path, err))
	}
	if err = f.Close(); err == nil {
		err = os.Rename(temporary, path)
	}
	return n, saveError(path, err)
}

// saveThrough writes to what is there already and is no file: a device such as
// /dev/null, or a pipe, which a rename would replace.
func (r *Response) saveThrough(path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return 0, saveError(path, err)
	}
	n, err := r.writeTo(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return n, r.about(saveError(path, err))
}

// writeTo writes the body, also one that was read into memory already.
func (r *Response) writeTo(w io.Writer) (int64, error) {
	if r.held {
		if err := r.failed(); err != nil {
			return 0, err
		}
		n, err := w.Write(r.content)
		return int64(n), err
	}
	return r.WriteTo(w)
}

// saveError names the file that was asked for in the place of the temporary
// one. An error of the body stays as it is.
func saveError(path string, err error) error {
	var file *fs.PathError
	var rename *os.LinkError
	switch {
	case errors.As(err, &file):
		return &fs.PathError{Op: "save", Path: path, Err: file.Err}
	case errors.As(err, &rename):
		return &fs.PathError{Op: "save", Path: path, Err: rename.Err}
	}
	return err
}
