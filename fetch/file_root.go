//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package fetch

import "os"

// A file is open for writing, by one goroutine.
type file struct{ os *os.File }

// whole gives the file as package os has it.
func (f *file) whole() *os.File { return f.os }

// Write writes all of p. The error is a [*os.PathError].
func (f *file) Write(p []byte) (int, error) { return f.os.Write(p) }

// Close closes the file; it must be called once.
func (f *file) Close() error { return f.os.Close() }
