package cache

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// sweepAfter is the part of the limit that a process writes before it looks at
	// the folder again.
	sweepAfter = 16

	// sweepTo is how full the folder is after it was too full, in tenths.
	sweepTo = 9

	// orphanAge is how old a file must be that nothing names before it is taken for
	// one that a process left behind: until then it may be a body that is being
	// received. The time-outs of a client end that sooner.
	orphanAge = 24 * time.Hour

	// sweepEvery is how long a look at the folder is enough for processes that start.
	sweepEvery = time.Hour
)

// marker is the file whose time says when the folder was last looked at.
func (d *Disk) marker() string { return filepath.Join(d.dir, "swept") }

// wrote counts what was written, and looks at the folder when that was a lot.
func (d *Disk) wrote(n int64) {
	if d.written.Add(n) > d.max/sweepAfter {
		d.sweepSoon()
	}
}

// sweepSoon looks at the folder in the background, unless that is under way or the
// store is closed.
func (d *Disk) sweepSoon() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sweeping || d.closed {
		return
	}
	d.sweeping = true
	d.written.Store(0)
	d.wg.Go(func() {
		d.sweep(time.Now())
		d.mu.Lock()
		d.sweeping = false
		d.mu.Unlock()
	})
}

// entry is what lies in the folder for one key.
type entry struct {
	stem   string
	used   time.Time // when the records were written or last used; zero without records
	size   int64
	bodies []file
}

// file is a file that may have to go.
type file struct {
	path    string
	size    int64
	changed time.Time
}

// sweep removes what processes left behind, and what was used least recently while
// there is too much. What another process removes meanwhile is no error, and what
// cannot be removed is tried again the next time.
func (d *Disk) sweep(now time.Time) {
	_ = os.WriteFile(d.marker(), nil, 0o600)
	entries, total := d.look(now)
	if total <= d.max {
		return
	}
	slices.SortFunc(entries, func(a, b *entry) int { return a.used.Compare(b.used) })
	for _, e := range entries {
		if total <= d.max/10*sweepTo {
			return
		}
		_ = os.Remove(e.stem + recordsX)
		for _, b := range e.bodies {
			_ = os.Remove(b.path)
		}
		total -= e.size
	}
}

// look finds what lies in the folder, and removes what nothing names.
func (d *Disk) look(now time.Time) (entries []*entry, total int64) {
	shards, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, 0
	}
	for _, shard := range shards {
		for _, e := range lookShard(filepath.Join(d.dir, shard.Name()), now) {
			entries = append(entries, e)
			total += e.size
		}
	}
	return entries, total
}

func lookShard(dir string, now time.Time) map[string]*entry {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	entries := map[string]*entry{}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			add(entries, dir, info, now)
		}
	}
	for stem, e := range entries {
		e.dropOrphans(now)
		if e.used.IsZero() {
			delete(entries, stem) // bodies that are being received, which are nobody's yet
		}
	}
	return entries
}

func add(entries map[string]*entry, dir string, info fs.FileInfo, now time.Time) {
	stem, _, _ := strings.Cut(info.Name(), ".")
	e := entries[stem]
	if e == nil {
		e = &entry{stem: filepath.Join(dir, stem)}
		entries[stem] = e
	}
	path := filepath.Join(dir, info.Name())
	switch filepath.Ext(path) {
	case recordsX:
		e.used = info.ModTime()
	case bodyX:
		e.bodies = append(e.bodies, file{path, info.Size(), info.ModTime()})
	case draftX:
		if now.Sub(info.ModTime()) > orphanAge {
			_ = os.Remove(path)
		}
	}
	e.size += info.Size()
}

// dropOrphans removes old bodies that no record names.
func (e *entry) dropOrphans(now time.Time) {
	if len(e.bodies) == 1 && !e.used.IsZero() {
		return // mostly so, and then the records need not be read
	}
	named := namedIn(e.stem + recordsX)
	e.bodies = slices.DeleteFunc(e.bodies, func(b file) bool {
		if named[filepath.Base(b.path)] || now.Sub(b.changed) <= orphanAge {
			return false
		}
		_ = os.Remove(b.path)
		e.size -= b.size
		return true
	})
}

// namedIn gives the names of the files of the bodies that a file of records names.
func namedIn(path string) map[string]bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	key, err := keyIn(data)
	if err != nil {
		return nil
	}
	records, err := decodeRecords(key, data)
	if err != nil {
		return nil
	}
	named := map[string]bool{}
	for _, r := range records {
		named[filepath.Base(bodyPath(strings.TrimSuffix(path, recordsX), r.Body))] = true
	}
	return named
}
