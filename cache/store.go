package cache

import (
	"errors"
	"io"
)

// A Store keeps the records of responses, and their bodies. Its methods may be
// called by several goroutines at once; the cache calls Load and Save for the
// same key one after the other, but other processes may share what is behind a
// store. A store may forget whatever it likes, whenever it likes.
type Store interface {
	// Load gives what is stored under key, in the order of Save. Nothing is no
	// error. The caller does not change what it gets.
	Load(key string) ([]*Record, error)

	// Save replaces what is stored under key. Bodies that were named by the
	// records before and are by none now may go. The store does not change
	// records, and may keep them.
	Save(key string, records []*Record) error

	// Create begins a body for a record under key.
	Create(key string) (Draft, error)

	// Open gives a body of a record that Load gave. It is ErrGone when the body
	// is no longer there, or not as it was.
	Open(key string, r *Record) (Content, error)

	// Close joins what the store does in the background, and forgets nothing
	// that should outlive the process.
	Close() error
}

// A Draft is a body that is being received. What was written can be read at
// once, by several goroutines, up to and after its Commit.
type Draft interface {
	io.Writer
	io.ReaderAt

	// Commit ends the writing. It gives the name under which Open finds the body
	// once a record with it is saved, and a sum of the store's own.
	Commit() (body string, sum uint32, err error)

	// Close ends the reading, too. A draft that was not committed is dropped.
	Close() error
}

// Content is a stored body. It is read by one goroutine.
type Content interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// ErrGone is what a [Store] gives for a body that is not there any more, or is
// damaged.
var ErrGone = errors.New("stored body is gone")

// ErrFull is what a [Draft] gives when the store has no room for it. The response
// is then passed on without being stored.
var ErrFull = errors.New("no room for a body in the store")
