package form

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// spill is the one temporary file that holds whatever did not fit in memory, one
// content after the other.
type spill struct {
	dir  string
	path string   // "" until there is one
	file *os.File // while it is written
	end  int64

	removal sync.Once
	err     error // of the removal
}

// write appends what r gives, and tells where that is.
func (s *spill) write(r io.Reader) (at, size int64, err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, "form-*"); err != nil {
			return 0, 0, fmt.Errorf("reading form: %w", err)
		}
		s.path = s.file.Name()
	}
	size, err = io.Copy(s.file, r)
	at = s.end
	s.end += size
	return at, size, err
}

// finish closes the file.
func (s *spill) finish() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

func (s *spill) remove() error {
	s.removal.Do(func() {
		if s.path != "" {
			s.err = os.Remove(s.path)
		}
	})
	return s.err
}
