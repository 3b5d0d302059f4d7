package form

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
)

// shared is a reader that the attempts to send it share. One that can be read
// at any position gives each attempt a section of its own. Another one that can
// be sought changes hands: an attempt that was given up may still be reading
// when the next begins.
type shared struct {
	size int64 // from start to the end; -1 when it is not known

	at    io.ReaderAt // nil when there is none, or the size is not known
	seek  io.Seeker   // nil when there is none
	start int64

	reading sync.Mutex // held while r is read or sought
	r       io.Reader
	turns   int
}

func newShared(r io.Reader) *shared {
	s := &shared{r: r, size: -1}
	if buf, ok := r.(*bytes.Buffer); ok {
		s.size = int64(buf.Len())
		return s
	}
	seek, ok := r.(io.Seeker)
	if !ok {
		return s
	}
	start, err := seek.Seek(0, io.SeekCurrent)
	if err != nil {
		return s // a pipe, say
	}
	s.seek, s.start = seek, start
	switch r := r.(type) {
	case *bytes.Reader:
		s.at, s.size = r, int64(r.Len())
	case *strings.Reader:
		s.at, s.size = r, int64(r.Len())
	case *os.File:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			s.at, s.size = r, max(info.Size()-start, 0)
		}
	}
	return s
}

// spent reports whether the reader was read and cannot be read again.
func (s *shared) spent() bool {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.turns > 0 && s.once()
}

// once reports whether the reader can be read only once.
func (s *shared) once() bool { return s.at == nil && s.seek == nil }

func (s *shared) open() (io.ReadCloser, error) {
	if s.at != nil {
		return io.NopCloser(io.NewSectionReader(s.at, s.start, s.size)), nil
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.turns > 0 {
		if s.seek == nil {
			return nil, ErrSpent
		}
		if _, err := s.seek.Seek(s.start, io.SeekStart); err != nil {
			return nil, err
		}
	}
	s.turns++
	return io.NopCloser(&turn{s, s.turns}), nil
}

// turn is a shared reader in the hands of one attempt.
type turn struct {
	s  *shared
	nr int
}

func (t *turn) Read(p []byte) (int, error) {
	t.s.reading.Lock()
	defer t.s.reading.Unlock()
	if t.s.turns != t.nr {
		return 0, errTurn
	}
	return t.s.r.Read(p)
}
