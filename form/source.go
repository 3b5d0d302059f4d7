package form

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// source is content that is not in memory.
type source struct {
	name string // of the part
	size int64  // -1 when it is not known

	// cut says that content longer than size is cut there, and no error.
	cut bool

	open func() (io.ReadCloser, error)

	// spent reports whether open would fail because the content is gone; once,
	// whether it ever will. Nil means never.
	spent func() bool
	once  bool
}

// source resolves a part that has a Path, Open or Reader.
func (p *Part) source() (*source, error) {
	switch {
	case p.Path != "":
		return p.fileSource()
	case p.Open != nil:
		size := p.Size
		if size <= 0 {
			size = -1
		}
		return &source{name: p.Name, size: size, open: p.Open}, nil
	}
	r := p.reader
	src := &source{name: p.Name, size: r.size, open: r.open, spent: r.spent, once: r.once()}
	switch {
	case r.spent():
		return nil, ErrSpent
	case p.Size > 0 && r.size >= 0 && p.Size != r.size:
		return nil, fmt.Errorf("reader of %d bytes with a Size of %d", r.size, p.Size)
	case p.Size > 0:
		src.size = p.Size
	}
	return src, nil
}

func (p *Part) fileSource() (*source, error) {
	info, err := os.Stat(p.Path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "send", Path: p.Path, Err: errors.New("is a directory")}
	}
	src := &source{name: p.Name, size: info.Size(), cut: true, open: func() (io.ReadCloser, error) {
		f, err := os.Open(p.Path)
		if err != nil {
			return nil, err // not f: a nil *os.File is no nil io.ReadCloser
		}
		return f, nil
	}}
	if !info.Mode().IsRegular() { // a pipe or a device: read once, to its end
		var opened atomic.Bool
		open := src.open
		src.size, src.once, src.spent = -1, true, opened.Load
		src.open = func() (io.ReadCloser, error) {
			if opened.Swap(true) {
				return nil, ErrSpent
			}
			return open()
		}
	}
	return src, nil
}
