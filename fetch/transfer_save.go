package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"os"
	"path"
	"strings"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// save writes the body to a partial file and, when it is whole, gives that its
// name.
func (w *worker) save(t *task, resp *aiohttp.Response, part resume, a *attempt) {
	size := resp.ContentLength
	whole := size
	if size >= 0 {
		whole += a.offset
	}
	limit := w.job.opts.MaxBytes
	if limit > 0 && whole > limit {
		a.err = fmt.Errorf("%w: %d bytes, more than %d", ErrTooLarge, whole, limit)
		return
	}
	var sum hash.Hash
	if w.job.opts.SHA256 || t.item.SHA256 != "" {
		if w.hash == nil {
			w.hash = sha256.New()
		}
		sum = w.hash
		sum.Reset()
	}
	var temp string
	w.file, temp, a.err = w.open(t, resp, part, a, size, sum)
	if a.err != nil {
		return
	}
	a.received, a.err = w.copyBody(resp, size, a.offset, sum)
	if a.err == nil && size >= 0 && a.received != size {
		a.err = fmt.Errorf("%w: %d of %d bytes", ErrLength, a.received, size)
	}
	if sum != nil && a.err == nil {
		a.sum = hex.EncodeToString(sum.Sum(nil))
		if t.item.SHA256 != "" && !strings.EqualFold(a.sum, t.item.SHA256) {
			a.err = fmt.Errorf("%w: got %s, want %s", ErrChecksum, a.sum, strings.ToLower(t.item.SHA256))
		}
	}
	if a.err == nil {
		a.err = w.job.store.finish(&w.file, temp, t.name, w.id)
	} else {
		w.file.Close()
	}
	w.tidy(t, temp, a)
}

// open opens the partial file for the body.
func (w *worker) open(t *task, resp *aiohttp.Response, part resume, a *attempt, size int64, sum hash.Hash) (file, string, error) {
	s := w.job.store
	if a.offset > 0 {
		if sum == nil { // not a nil hash in an interface that is not
			return s.openPart(t.name, a.offset, nil)
		}
		return s.openPart(t.name, a.offset, sum)
	}
	if size >= resumeBytes && t.item.method() == http.MethodGet && resp.Status == http.StatusOK {
		if r, ok := resumable(resp.Header, size, t.requestHash()); ok {
			return s.createPart(t.name, r)
		}
	}
	if part.Size > 0 { // it is there, but the server did not go on with it
		s.dropPart(t.name)
	}
	return s.createSlot(w.id)
}

// tidy removes what is of no more use after an attempt.
func (w *worker) tidy(t *task, temp string, a *attempt) {
	s := w.job.store
	if !strings.HasSuffix(temp, partExt) {
		if a.err != nil && temp != "" {
			s.discard(temp)
		}
		return
	}
	switch {
	case a.err == nil:
		s.forgetPart(t.name)
	case errors.Is(a.err, ErrTooLarge), errors.Is(a.err, ErrChecksum):
		s.dropPart(t.name)
	}
}

// spliceBytes is the size from which a session lets the system copy a body into
// a file, past this process.
const spliceBytes = 64 << 10

// copyBody writes the body to the worker's file. Without a checksum or a limit
// to keep, a large one is left to the response and the system.
func (w *worker) copyBody(resp *aiohttp.Response, size, offset int64, sum hash.Hash) (n int64, err error) {
	whole := size
	if size >= 0 {
		whole += offset
	}
	if sum == nil && size >= spliceBytes {
		f := w.file.whole()
		w.watchFile(f, whole, offset)
		n, err = resp.WriteTo(f)
		w.watchFile(nil, whole, 0)
		return n, w.whose(err)
	}
	w.watchFile(nil, whole, offset)
	w.sink.file, w.sink.sum, w.sink.left = &w.file, sum, -1
	if limit := w.job.opts.MaxBytes; limit > 0 && size < 0 {
		w.sink.left = limit - offset
	}
	n, err = resp.WriteTo(&w.sink)
	w.sink.written.Store(0) // the job counts them now
	return n, w.whose(err)
}

// whose tells errors of the disk from those of the network: where the system
// copies from one to the other, both come back in one shape.
func (w *worker) whose(err error) error {
	e, ok := errors.AsType[*os.PathError](err)
	if !ok {
		return err
	}
	if _, network := errors.AsType[*connector.Error](err); network && !diskFailed(err) {
		return err
	}
	return &StoreError{Op: "write", Path: w.job.store.shown(path.Join(w.job.store.parts.path, path.Base(e.Path))), Err: e.Err}
}

// A sink is a file that counts and sums what is written to it.
type sink struct {
	file    *file
	sum     hash.Hash    // nil for none
	left    int64        // bytes that may follow; negative means no limit
	written atomic.Int64 // for those who watch
}

func (s *sink) Write(p []byte) (int, error) {
	if s.left >= 0 {
		if int64(len(p)) > s.left {
			return 0, ErrTooLarge
		}
		s.left -= int64(len(p))
	}
	n, err := s.file.Write(p)
	s.written.Add(int64(n))
	if s.sum != nil {
		s.sum.Write(p[:n])
	}
	return n, err
}
