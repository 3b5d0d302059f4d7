package cache

import (
	"errors"
	"io"
	"sync"
)

// errAbandoned ends a body that nobody reads any more.
var errAbandoned = errors.New("cache: nobody reads the body")

// stream is a body on its way from the origin into the store, which the users of
// its flight read while it comes. The origin is read no more than a window ahead
// of the fastest of them. A body that turns out too long to be stored has no
// memory but that window: then the slowest sets the pace.
//
// The flight's lock guards it.
type stream struct {
	more    *sync.Cond // something below has changed
	source  io.ReadCloser
	length  int64 // by Content-Length; negative when unknown
	draft   Draft // nil until there is something to write
	storing bool
	size    int64  // how much has come
	kept    int64  // how much of it is in the draft
	tail    []byte // the last of it that is not
	readers map[*reader]struct{}
	over    error // why it ended; io.EOF when it is whole
	aborted error
	passing bool // the only user reads the origin's body itself
}

// window is how far the origin is read ahead, and how much is read at once.
const (
	window = 128 << 10
	piece  = 32 << 10
)

var pieces = sync.Pool{New: func() any { return new([piece]byte) }}

func (s *stream) init(f *flight) {
	s.more = sync.NewCond(&f.mu)
	s.readers = map[*reader]struct{}{}
}

// receive reads the body to its end, and stores it when it is whole.
func (f *flight) receive(record *Record) {
	buf := pieces.Get().(*[piece]byte)
	defer pieces.Put(buf)
	defer f.source.Close()
	for {
		if err := f.room(); err != nil {
			f.end(err)
			return
		}
		n, err := f.source.Read(buf[:])
		total := f.size + int64(n)
		if err == nil && total == f.length {
			err = f.confirmEnd()
		}
		if err == io.EOF && f.length >= 0 && total != f.length {
			err = io.ErrUnexpectedEOF
		}
		f.keep(buf[:n])
		if err == io.EOF {
			f.store(record, total)
		} else if err != nil {
			err = f.reason(err)
		}
		f.publish(buf[:n], err)
		if err != nil {
			return
		}
	}
}

// confirmEnd looks for the end of a body that has its whole length, so that it is
// stored before its last bytes are given away.
func (f *flight) confirmEnd() error {
	var beyond [1]byte
	for range 100 { // as bufio does: a reader that gives nothing again and again is broken
		switch n, err := f.source.Read(beyond[:]); {
		case n > 0:
			return errors.New("cache: body longer than its Content-Length")
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// room waits until more may be read.
func (f *flight) room() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		switch {
		case f.aborted != nil:
			return f.aborted
		case f.users == 0:
			return errAbandoned
		case f.wanted():
			return nil
		}
		f.more.Wait()
	}
}

// wanted tells whether the readers have come close enough to what there is.
func (f *flight) wanted() bool {
	first, last := int64(0), int64(0)
	if len(f.readers) > 0 {
		last = f.size
	}
	for r := range f.readers {
		first, last = max(first, r.at), min(last, r.at)
	}
	if f.storing {
		return f.size-first < window
	}
	// What is not stored must still be there for those that have not begun.
	return len(f.readers) == f.users && f.size-last < window
}

// keep writes what has come into the store.
func (f *flight) keep(p []byte) {
	if !f.storing || len(p) == 0 {
		return
	}
	limit := f.cache.opts.MaxEntryBytes
	if limit > 0 && f.size+int64(len(p)) > limit {
		f.giveUp()
		return
	}
	if f.draft == nil {
		draft, err := f.cache.store.Create(f.q.key)
		if err != nil {
			f.cache.report(err)
			f.giveUp()
			return
		}
		f.mu.Lock()
		f.draft = draft
		f.mu.Unlock()
	}
	if _, err := f.draft.Write(p); err != nil {
		if !errors.Is(err, ErrFull) {
			f.cache.report(err)
		}
		f.giveUp()
	}
}

// giveUp stops storing. What the draft has is still read from there.
func (f *flight) giveUp() {
	f.mu.Lock()
	f.storing = false
	f.mu.Unlock()
	f.cache.unshare(f, true)
}

// store ends a body that is whole, and saves its record.
func (f *flight) store(record *Record, total int64) {
	if !f.storing || f.isOutdated() {
		return
	}
	stored := *record
	if f.draft != nil {
		body, sum, err := f.draft.Commit()
		if err != nil {
			f.cache.report(err)
			return
		}
		stored.Body, stored.BodySum, stored.BodyBytes = body, sum, total
	}
	f.cache.put(f.q.key, &stored)
}

// publish gives the readers what has come.
func (f *flight) publish(p []byte, err error) {
	f.mu.Lock()
	f.size += int64(len(p))
	if f.storing {
		f.kept = f.size
	} else {
		f.trim()
		f.tail = append(f.tail, p...)
	}
	f.mu.Unlock()
	if err != nil {
		f.end(err)
		return
	}
	f.more.Broadcast()
}

// trim forgets what all have read.
func (f *flight) trim() {
	if len(f.readers) != f.users {
		return
	}
	begin := f.size - int64(len(f.tail))
	least := f.size
	for r := range f.readers {
		least = min(least, r.at)
	}
	if least > begin {
		f.tail = f.tail[:copy(f.tail, f.tail[least-begin:])]
	}
}

// end ends the body for its readers.
func (f *flight) end(err error) {
	f.mu.Lock()
	if f.over == nil {
		f.over = err
	}
	f.more.Broadcast()
	f.release()
	f.mu.Unlock()
}

// release lets go of the draft when nobody can read it any more.
func (f *flight) release() {
	if f.over != nil && f.users == 0 && f.draft != nil {
		if err := f.draft.Close(); err != nil {
			f.cache.report(err)
		}
		f.draft = nil
	}
}

// abort ends a flight against the will of its users.
func (f *flight) abort(err error) {
	f.mu.Lock()
	if f.aborted == nil {
		f.aborted = err
	}
	f.more.Broadcast()
	f.mu.Unlock()
	f.cancel()
}
