package fetch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const (
	// partFolder holds the files that are not whole yet, in the output folder
	// so that a rename makes them appear. A second job in the same output
	// folder takes partFolder-2, and so on.
	partFolder = ".aiohttp-part"

	lockFile  = "lock"
	maxShared = 64 // jobs in one output folder at a time
)

// A store writes files that appear only when they are whole. It is safe for
// concurrent use.
type store struct {
	dir     string // as it was given, for messages and results
	root    *os.Root
	folders *folders
	parts   *folder  // open folder of the partial files
	lock    *os.File // in parts
	born    time.Time

	// create opens a file in parts for writing, one without a name if name is
	// empty; a test replaces it to fill the disk.
	create   func(name string, flag int) (file, error)
	nameless bool // the file system has files without a name
	viaProc  bool // which get one by way of /proc only

	seen *seen // names that were asked for

	mu      sync.Mutex
	claims  map[string]struct{} // names that are being written or will be
	resumes map[string]resume   // partial files of earlier runs, by part key
}

// openStore makes the output folder, takes a folder for partial files in it and
// removes from that what cannot be resumed.
func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, storeError("open", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, storeError("open", dir, err)
	}
	s := &store{
		dir: dir, root: root, folders: newFolders(root),
		seen:   newSeen(),
		claims: make(map[string]struct{}), resumes: make(map[string]resume),
	}
	if err := s.takeParts(); err != nil {
		s.folders.close()
		root.Close()
		return nil, storeError("write to", dir, err)
	}
	s.create = s.parts.create
	s.nameless = s.tryNameless()
	return s, nil
}

// takeParts finds a folder for partial files that no other process uses.
func (s *store) takeParts() error {
	for i := 1; i <= maxShared; i++ {
		name := partFolder
		if i > 1 {
			name += "-" + strconv.Itoa(i)
		}
		lock, err := s.lockParts(name)
		if err != nil {
			return err
		}
		if lock == nil {
			continue
		}
		s.lock = lock
		if s.parts, err = s.folders.get(name, false); err != nil {
			return err
		}
		// The file system's clock, not ours, says which files are of this run.
		if _, err := lock.WriteString(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
			return err
		}
		st, err := lock.Stat()
		if err != nil {
			return err
		}
		s.born = st.ModTime()
		return s.sweep()
	}
	return fmt.Errorf("%d other jobs are writing to it", maxShared)
}

// lockParts makes the folder name and locks it; nil means that another process
// has it.
func (s *store) lockParts(name string) (*os.File, error) {
	for {
		if err := s.root.Mkdir(name, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		f, err := s.root.OpenFile(path.Join(name, lockFile), os.O_CREATE|os.O_RDWR, 0o666)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the job that had it has just removed the folder
		}
		if err != nil {
			return nil, err
		}
		if !tryLock(f) {
			f.Close()
			return nil, nil
		}
		// A lock counts only if the file is still the one with that name.
		held, err1 := f.Stat()
		named, err2 := s.root.Lstat(path.Join(name, lockFile))
		if err1 == nil && err2 == nil && os.SameFile(held, named) {
			return f, nil
		}
		f.Close()
	}
}

// claim reserves name for one item; false means that another has it.
func (s *store) claim(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.claims[name]; taken {
		return false
	}
	s.claims[name] = struct{}{}
	return true
}

func (s *store) release(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.claims, name)
}

// present reports whether the file name is there, and whether this run wrote
// it. It only is when it is whole.
func (s *store) present(name string) (there, ours bool, err error) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	// A look at the disk is a tenth of what a small file costs.
	if !s.seen.add(name) && s.folders.isNew(dir) {
		return false, false, nil
	}
	f, err := s.folders.get(dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, storeError("open", s.shown(dir), err)
	}
	defer s.folders.put(f)
	written, there, err := f.lookup(base)
	if err != nil {
		return false, false, storeError("open", s.shown(name), err)
	}
	return there, there && !written.Before(s.born), nil
}

// tryNameless finds out whether files can be written without a name and named
// afterwards. It saves a change of a folder for each file, which is a third of
// what a small file costs on ext4, and a killed process leaves nothing behind.
// Linking by the descriptor in the place of /proc saves up to a fifth of the rest.
func (s *store) tryNameless() bool {
	const probe = "probe"
	f, err := s.parts.create("", 0)
	if err != nil {
		return false
	}
	defer f.Close()
	if s.parts.link(&f, probe, false) != nil {
		s.viaProc = true
		if s.parts.link(&f, probe, true) != nil {
			return false
		}
	}
	return s.discard(probe) == nil
}

// createSlot opens a file for what is not worth resuming: one without a name,
// or else the temporary file of a worker.
func (s *store) createSlot(worker int) (f file, temp string, err error) {
	if !s.nameless {
		temp = strconv.Itoa(worker)
		f, err = s.create(temp, os.O_CREATE|os.O_EXCL)
	} else {
		f, err = s.create("", 0)
	}
	if err != nil {
		err = storeError("create", s.shown(path.Join(s.parts.path, temp)), err)
	}
	return f, temp, err
}

// finish closes f and makes it appear as name: the file temp, or f itself if
// that is empty.
func (s *store) finish(f *file, temp, name string, worker int) error {
	if temp != "" {
		if err := f.Close(); err != nil {
			return storeError("write", s.shown(name), err)
		}
		return s.commit(temp, name)
	}
	defer f.Close()
	err := s.appear(name, func(to *folder, base string) error { return to.link(f, base, s.viaProc) })
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	// A link replaces nothing, a rename does.
	temp = strconv.Itoa(worker)
	if err := s.parts.link(f, temp, s.viaProc); err != nil {
		return storeError("create", s.shown(path.Join(s.parts.path, temp)), err)
	}
	if err := s.commit(temp, name); err != nil {
		s.discard(temp)
		return err
	}
	return nil
}

// commit makes the partial file temp appear as name.
func (s *store) commit(temp, name string) error {
	return s.appear(name, func(to *folder, base string) error { return move(s.root, s.parts, temp, to, base) })
}

// appear calls put with the folder that name is in, which it makes if needed.
func (s *store) appear(name string, put func(to *folder, base string) error) error {
	dir, base := path.Split(name)
	for again := false; ; again = true {
		f, err := s.folders.get(path.Clean(dir), true)
		if err != nil {
			return storeError("make folder", s.shown(dir), err)
		}
		err = put(f, base)
		if errors.Is(err, fs.ErrNotExist) && !again {
			s.folders.forget(f) // somebody removed the folder while we held it open
			s.folders.put(f)
			continue
		}
		s.folders.put(f)
		if err != nil {
			err = storeError("create", s.shown(name), err)
		}
		return err
	}
}

// discard removes a partial file.
func (s *store) discard(temp string) error {
	err := s.root.Remove(path.Join(s.parts.path, temp))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return storeError("remove", s.shown(path.Join(s.parts.path, temp)), err)
}

// shown gives a name as the user would write it.
func (s *store) shown(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

// close gives the folder of partial files back, and removes it if it is empty.
func (s *store) close() error {
	lock := path.Join(s.parts.path, lockFile)
	err := s.root.Remove(lock)
	s.lock.Close()
	if err != nil { // Windows removes no open file
		s.root.Remove(lock)
	}
	s.folders.put(s.parts)
	s.folders.close()
	s.root.Remove(s.parts.path) // fails while something can be resumed
	return s.root.Close()
}
