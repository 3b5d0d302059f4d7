package cache

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Disk is a [Store] in a folder, which several processes may share. For each key
// there is a file with its records, written whole and renamed into its place, that
// names the files of the bodies. So what is there is whole, whenever the process
// ends; where the machine does, a sum over each file tells what was lost, and that
// is dropped.
//
// What was used least recently goes first when the folder is full. Each process
// looks at the folder when it opens it, once an hour at most, and whenever it has
// itself written a sixteenth of the limit: so much more than the limit, for each
// process, may lie there for a while.
//
// The folder is readable by its owner only. It holds what was downloaded, and no
// cookies or credentials of requests, but those that responses set.
type Disk struct {
	dir      string
	max      int64
	written  atomic.Int64 // since the folder was last looked at
	mu       sync.Mutex
	sweeping bool
	closed   bool
	wg       sync.WaitGroup
}

const (
	layout   = "v1"
	recordsX = ".r" // ending of a file of records
	bodyX    = ".b" // of a body
	draftX   = ".t" // of records that are being written

	// touchEvery is how often the use of an entry is noted on disk.
	touchEvery = time.Minute

	// verifyFirst is the size up to which a body is checked before it is given away.
	// Of a larger one the damage shows at its end, as an error.
	verifyFirst = 1 << 20
)

// OpenDisk gives the store in a folder, which is made when it is not there. It
// holds at most maxBytes; zero and negative mean 1 GiB.
func OpenDisk(dir string, maxBytes int64) (*Disk, error) {
	if maxBytes <= 0 {
		maxBytes = 1 << 30
	}
	d := &Disk{dir: filepath.Join(dir, layout), max: maxBytes}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, fmt.Errorf("open cache: %w", err)
	}
	// https://bford.info/cachedir/: backups leave the folder out.
	tag := filepath.Join(dir, "CACHEDIR.TAG")
	if _, err := os.Lstat(tag); err != nil {
		if err := os.WriteFile(tag, []byte("Signature: 8a477f597d28d172789f06886806bc55\n"), 0o600); err != nil {
			return nil, fmt.Errorf("open cache: %w", err)
		}
	}
	if info, err := os.Stat(d.marker()); err != nil || time.Since(info.ModTime()) > sweepEvery {
		d.sweepSoon()
	}
	return d, nil
}

// stem gives the path of a key's files, without their endings. It is made of a
// hash, so that no URL can lead it out of the folder.
func (d *Disk) stem(key string) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(d.dir, name[:2], name[2:])
}

// Load gives what is stored under key. Damaged records are removed.
func (d *Disk) Load(key string) ([]*Record, error) {
	path := d.stem(key) + recordsX
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load from cache: %w", err)
	}
	records, err := decodeRecords(key, data)
	if err != nil {
		return nil, ignoreGone(os.Remove(path))
	}
	d.touch(path)
	return records, nil
}

// touch notes the use of an entry. That it cannot is no reason not to use it.
func (d *Disk) touch(path string) {
	info, err := os.Stat(path)
	if now := time.Now(); err == nil && now.Sub(info.ModTime()) > touchEvery {
		_ = os.Chtimes(path, now, now)
	}
}

// Save replaces what is stored under key.
func (d *Disk) Save(key string, records []*Record) error {
	stem := d.stem(key)
	before := d.named(key, stem)
	var err error
	if len(records) == 0 {
		err = ignoreGone(os.Remove(stem + recordsX))
	} else {
		err = d.replace(stem+recordsX, encodeRecords(key, records))
	}
	if err != nil {
		return fmt.Errorf("save to cache: %w", err)
	}
	for _, r := range records {
		delete(before, r.Body)
	}
	for body := range before {
		// One that cannot be removed, as on Windows while it is read, goes with a sweep.
		_ = os.Remove(bodyPath(stem, body))
	}
	return nil
}

// named gives the bodies that the stored records of a key name.
func (d *Disk) named(key, stem string) map[string]struct{} {
	data, err := os.ReadFile(stem + recordsX)
	if err != nil {
		return nil
	}
	records, err := decodeRecords(key, data)
	if err != nil {
		return nil
	}
	named := map[string]struct{}{}
	for _, r := range records {
		if r.Body != "" {
			named[r.Body] = struct{}{}
		}
	}
	return named
}

// replace writes a file so that it is either there as a whole or not at all.
func (d *Disk) replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := strings.TrimSuffix(path, recordsX) + "." + rand.Text() + draftX
	err := os.WriteFile(temp, data, 0o600)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, ignoreGone(os.Remove(temp)))
	}
	d.wrote(int64(len(data)))
	return nil
}

func bodyPath(stem, body string) string { return stem + "." + body + bodyX }

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Create begins a body, in a file that counts for nothing until records name it.
func (d *Disk) Create(key string) (Draft, error) {
	stem, name := d.stem(key), rand.Text()
	if err := os.MkdirAll(filepath.Dir(stem), 0o700); err != nil {
		return nil, fmt.Errorf("create in cache: %w", err)
	}
	f, err := os.OpenFile(bodyPath(stem, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create in cache: %w", err)
	}
	return &diskDraft{store: d, file: f, name: name, sum: crc32.New(castagnoli)}, nil
}

// diskDraft is a body that is being received.
type diskDraft struct {
	store     *Disk
	file      *os.File
	name      string
	sum       hash.Hash32
	committed bool
}

func (d *diskDraft) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	d.sum.Write(p[:n])
	d.store.wrote(int64(n))
	return n, err
}

func (d *diskDraft) ReadAt(p []byte, at int64) (int, error) { return d.file.ReadAt(p, at) }

func (d *diskDraft) Commit() (string, uint32, error) {
	d.committed = true
	return d.name, d.sum.Sum32(), nil
}

func (d *diskDraft) Close() error {
	path := d.file.Name()
	err := d.file.Close()
	if !d.committed {
		err = errors.Join(err, ignoreGone(os.Remove(path)))
	}
	return err
}

// Open gives a body.
func (d *Disk) Open(key string, r *Record) (Content, error) {
	if strings.ContainsAny(r.Body, `/\.:`) {
		return nil, ErrGone
	}
	f, err := os.Open(bodyPath(d.stem(key), r.Body))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("open in cache: %w", err)
	}
	c := &diskContent{file: f, sum: crc32.New(castagnoli), want: r.BodySum, rest: r.BodyBytes}
	if err := c.check(); err != nil {
		f.Close()
		return nil, err
	}
	return c, nil
}

// diskContent is a stored body. Read checks it as it goes.
type diskContent struct {
	file *os.File
	sum  hash.Hash32 // nil when it was checked before
	want uint32
	rest int64
}

// check looks whether the body is what was written, as far as that is cheap.
func (c *diskContent) check() error {
	info, err := c.file.Stat()
	if err != nil || info.Size() != c.rest {
		return ErrGone
	}
	if c.rest > verifyFirst {
		return nil
	}
	buf := pieces.Get().(*[piece]byte)
	defer pieces.Put(buf)
	// A file's own WriteTo would make a buffer.
	if _, err := io.CopyBuffer(c.sum, struct{ io.Reader }{c.file}, buf[:]); err != nil || c.sum.Sum32() != c.want {
		return ErrGone
	}
	c.sum = nil
	_, err = c.file.Seek(0, io.SeekStart)
	return err
}

func (c *diskContent) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.rest -= int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
		if c.rest <= 0 && n > 0 && c.sum.Sum32() != c.want {
			return 0, fmt.Errorf("read from cache: %w", ErrGone)
		}
	}
	if err == io.EOF && c.rest != 0 {
		err = fmt.Errorf("read from cache: %w", ErrGone)
	}
	return n, err
}

func (c *diskContent) ReadAt(p []byte, at int64) (int, error) { return c.file.ReadAt(p, at) }

func (c *diskContent) Close() error { return c.file.Close() }

// Close joins the look at the folder that may be under way: it is not given up,
// since else many short runs would let the folder grow.
func (d *Disk) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.wg.Wait()
	return nil
}
