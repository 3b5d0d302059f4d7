package cache

import (
	"bytes"
	"container/list"
	"errors"
	"io"
	"strconv"
	"sync"
)

// overhead is what a record is taken to cost beyond what can be counted.
const overhead = 512

// Memory is a [Store] in memory. What was used least recently goes first when it is
// full.
type Memory struct {
	max    int64
	mu     sync.Mutex
	keys   map[string]*list.Element // of *shelf
	recent list.List                // the most recently used in front
	bodies map[string]*memoryBody
	size   int64
	drafts int64 // bytes in bodies that are being received
	serial uint64
}

// shelf is what is stored under a key.
type shelf struct {
	key     string
	records []*Record
	size    int64
}

// memoryBody is a body and how many records name it.
type memoryBody struct {
	content []byte
	named   int
}

// NewMemory makes a store of at most maxBytes, heads and keys counted; zero and
// negative mean 64 MiB. Bodies that are being received may take half as much again.
func NewMemory(maxBytes int64) *Memory {
	if maxBytes <= 0 {
		maxBytes = 64 << 20
	}
	return &Memory{max: maxBytes, keys: map[string]*list.Element{}, bodies: map[string]*memoryBody{}}
}

// Load gives what is stored under key.
func (m *Memory) Load(key string) ([]*Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.keys[key]
	if e == nil {
		return nil, nil
	}
	m.recent.MoveToFront(e)
	return e.Value.(*shelf).records, nil
}

// Save replaces what is stored under key.
func (m *Memory) Save(key string, records []*Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range records {
		if b := m.bodies[r.Body]; b != nil {
			b.named++
		}
	}
	if old := m.keys[key]; old != nil {
		m.remove(old)
	}
	s := &shelf{key: key, records: records, size: int64(len(key))}
	for _, r := range records {
		s.size += sizeOf(r)
	}
	if len(records) > 0 {
		m.keys[key] = m.recent.PushFront(s)
		m.size += s.size
	}
	for m.size > m.max && m.recent.Len() > 0 {
		m.remove(m.recent.Back())
	}
	return nil
}

// remove drops a key. The lock is held.
func (m *Memory) remove(e *list.Element) {
	s := m.recent.Remove(e).(*shelf)
	delete(m.keys, s.key)
	m.size -= s.size
	for _, r := range s.records {
		b := m.bodies[r.Body]
		if b == nil {
			continue
		}
		if b.named--; b.named == 0 {
			delete(m.bodies, r.Body)
		}
	}
}

// sizeOf gives about how much memory a record takes.
func sizeOf(r *Record) int64 {
	n := overhead + r.BodyBytes
	for name, values := range r.Header {
		n += int64(len(name)) + 64
		for _, v := range values {
			n += int64(len(v)) + 16
		}
	}
	return n
}

// Create begins a body.
func (m *Memory) Create(string) (Draft, error) { return &memoryDraft{store: m}, nil }

// Open gives a body.
func (m *Memory) Open(_ string, r *Record) (Content, error) {
	m.mu.Lock()
	b := m.bodies[r.Body]
	m.mu.Unlock()
	if b == nil {
		return nil, ErrGone
	}
	c := new(memoryContent)
	c.Reset(b.content)
	return c, nil
}

// Close forgets everything.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.keys)
	clear(m.bodies)
	m.recent.Init()
	m.size = 0
	return nil
}

// memoryContent is a stored body as it is read.
type memoryContent struct{ bytes.Reader }

// Close does nothing.
func (*memoryContent) Close() error { return nil }

// memoryDraft is a body that is being received.
type memoryDraft struct {
	store  *Memory
	mu     sync.RWMutex
	buf    []byte
	name   string // once it is committed
	closed bool
}

func (d *memoryDraft) Write(p []byte) (int, error) {
	m := d.store
	m.mu.Lock()
	full := m.drafts+int64(len(p)) > m.max/2
	if !full {
		m.drafts += int64(len(p))
	}
	m.mu.Unlock()
	if full {
		return 0, ErrFull
	}
	d.mu.Lock()
	d.buf = append(d.buf, p...)
	d.mu.Unlock()
	return len(p), nil
}

func (d *memoryDraft) ReadAt(p []byte, at int64) (int, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if at >= int64(len(d.buf)) {
		return 0, io.EOF
	}
	n := copy(p, d.buf[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Commit ends the writing. The body is there until a record that named it goes, or
// when none does, until Close.
func (d *memoryDraft) Commit() (string, uint32, error) {
	m := d.store
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.name != "" {
		return "", 0, errors.New("cache: commit of a body that has ended")
	}
	const waste = 8 // an eighth of the body may be spare room
	if cap(d.buf)-len(d.buf) > len(d.buf)/waste {
		d.buf = bytes.Clone(d.buf)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serial++
	d.name = strconv.FormatUint(m.serial, 36)
	m.bodies[d.name] = &memoryBody{content: d.buf}
	return d.name, 0, nil
}

// Close ends the reading.
func (d *memoryDraft) Close() error {
	m := d.store
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drafts -= int64(len(d.buf))
	if b := m.bodies[d.name]; b != nil && b.named == 0 {
		delete(m.bodies, d.name)
	}
	return nil
}
