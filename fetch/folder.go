package fetch

import (
	"errors"
	"io/fs"
	"os"
	"sync"
)

// maxOpenFolders bounds the folders that are held open between files, so that
// a list over many hosts does not run out of file descriptors. A list ordered
// by site needs a few at a time; one that is not pays three system calls more
// a file. There are fewer where the process may not have many files open.
const maxOpenFolders = 64

// folders opens folders below the output folder, none outside of it whatever
// symbolic links say, and keeps some of them open.
//
// Going through os.Root for each file costs 30 µs for stat, create and rename
// at a depth of two, on tmpfs, as it opens every folder on the way for each
// call; through a folder that is open already it costs what a plain path does.
type folders struct {
	root *os.Root
	most int // that are held open

	mu   sync.Mutex
	open map[string]*folder
	made map[string]struct{} // folders that did not exist before
}

// maxMade bounds the folders that are remembered as new.
const maxMade = 4096

// A folder is an open folder. See folder_at.go and folder_root.go.
type folder struct {
	path string
	refs int
	handle
}

func newFolders(root *os.Root) *folders {
	return &folders{root: root, most: roomOf(openFiles(), 1).folders, open: make(map[string]*folder), made: make(map[string]struct{})}
}

// get gives the folder at path, which it makes if create is set. It must be
// given back by put.
func (c *folders) get(path string, create bool) (*folder, error) {
	c.mu.Lock()
	if f := c.open[path]; f != nil {
		f.refs++
		c.mu.Unlock()
		return f, nil
	}
	c.mu.Unlock()
	h, err := openHandle(c.root, path)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err = c.root.MkdirAll(path, 0o777); err == nil {
			h, err = openHandle(c.root, path)
		}
		c.remember(path)
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.open[path]; f != nil { // another goroutine was faster
		h.close()
		f.refs++
		return f, nil
	}
	c.evict()
	f := &folder{path: path, refs: 1, handle: h}
	c.open[path] = f
	return f, nil
}

// remember notes that the folder at path is new.
func (c *folders) remember(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.made) < maxMade {
		c.made[path] = struct{}{}
	}
}

// isNew reports whether the folder at path was made by this job: it holds what
// the job has put there, and nothing else.
func (c *folders) isNew(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.made[path]
	return ok
}

// put gives a folder back.
func (c *folders) put(f *folder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.refs--; f.refs == 0 && c.open[f.path] != f {
		f.close()
	}
}

// forget makes the next get open the folder anew.
func (c *folders) forget(f *folder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[f.path] == f {
		delete(c.open, f.path)
	}
}

// evict makes room for one more. It takes any folder that nobody uses: the
// order of a map is as good as the age in lists that are not ordered by site.
func (c *folders) evict() {
	for path, f := range c.open {
		if len(c.open) < c.most {
			return
		}
		if f.refs == 0 {
			delete(c.open, path)
			f.close()
		}
	}
}

// closeIdle closes the folders that nobody uses.
func (c *folders) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, f := range c.open {
		if f.refs == 0 {
			delete(c.open, path)
			f.close()
		}
	}
}

func (c *folders) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, f := range c.open {
		delete(c.open, path)
		f.close()
	}
}
