package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// maxDrainBytes is how much of an error page is read so that its connection
// can be used again; reading more costs more than a new connection.
const maxDrainBytes = 32 << 10

// A worker sends one request at a time and writes its body to disk, in its own
// goroutine.
type worker struct {
	job     *Job
	id      int
	timings connector.Timings
	file    file // the one that is being written
	sink    sink
	hash    hash.Hash // nil until the first checksum
	last    *task     // done with, to be given back to the schedule

	mu  sync.Mutex // for those who watch
	now current
}

// current is what a worker does at the moment.
type current struct {
	task  *task // nil when it waits
	url   string
	host  string
	began time.Time
	tries int
	size  int64    // of the whole file, -1 when unknown
	file  *os.File // that the system copies to; nil for what goes through sink

	offset int64 // bytes that were in the file before
}

// An attempt is what one request brought.
type attempt struct {
	status     int
	finalURL   string
	retryAfter string
	received   int64 // bytes written to the file
	offset     int64 // bytes that were there before
	sum        string
	elapsed    time.Duration
	err        error
	uncounted  bool // it was sent, and the job has not counted it yet
}

func (w *worker) watch(t *task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t == nil {
		w.now = current{}
		return
	}
	w.now = current{task: t, url: t.item.URL, host: t.key, began: t.began, tries: t.attempts, size: -1}
}

func (w *worker) watchFile(f *os.File, size, offset int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now.file, w.now.size, w.now.offset = f, size, offset
}

// send makes one attempt.
func (w *worker) send(ctx context.Context, t *task) attempt {
	req := t.item.request()
	if w.job.opts.OnResult != nil {
		w.timings = connector.Timings{}
		req.Timings = &w.timings
	}
	req.Timeouts.Total = max(w.job.opts.Timeout, 0)
	var (
		part   resume
		offset int64
	)
	if !ownRange(&t.item) {
		if r, size, ok := w.job.store.partial(t); ok {
			part, offset = r, size
			req.Header = rangeHeader(req.Header, r, size)
		}
	}
	start := time.Now()
	resp, err := w.job.session.Do(ctx, req)
	a := attempt{err: err}
	if err == nil {
		a = w.receive(t, resp, part, offset)
		resp.Close()
	} else if status, ok := errors.AsType[*aiohttp.StatusError](err); ok {
		// The session has RaiseForStatus set.
		a = attempt{status: status.Status, retryAfter: status.Header.Get("Retry-After")}
		a.err = &StatusError{Status: status.Status, Reason: http.StatusText(status.Status)}
	}
	a.elapsed = time.Since(start)
	return a
}

// rangeHeader asks for what is behind offset, if the whole has not changed.
func rangeHeader(hdr http.Header, r resume, offset int64) http.Header {
	if hdr = hdr.Clone(); hdr == nil {
		hdr = make(http.Header, 3)
	}
	hdr.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	hdr.Set("If-Range", r.validator())
	hdr.Set("Accept-Encoding", "identity")
	return hdr
}

// ownRange reports whether the item itself asks for a part.
func ownRange(it *Item) bool { return it.Header.Get("Range") != "" }

// receive handles a response; part and offset tell what is there already, if
// the request asked for the rest.
func (w *worker) receive(t *task, resp *aiohttp.Response, part resume, offset int64) attempt {
	a := attempt{status: resp.Status}
	if w.job.opts.OnResult != nil {
		if u := resp.URL(); u != nil {
			a.finalURL = u.String()
		}
	}
	switch {
	case resp.Status == http.StatusPartialContent && offset > 0:
		if a.err = checkPart(resp, part, offset); a.err != nil {
			w.job.store.dropPart(t.name)
			return a
		}
		a.offset = offset
	case resp.Status == http.StatusRequestedRangeNotSatisfiable && offset > 0:
		w.job.store.dropPart(t.name)
		a.err = fmt.Errorf("%w: status %d", errContentRange, resp.Status)
		drain(resp)
		return a
	case resp.Status < 200 || resp.Status > 299,
		resp.Status == http.StatusPartialContent && !ownRange(&t.item):
		a.retryAfter = resp.Header("Retry-After")
		a.err = &StatusError{Status: resp.Status, Reason: http.StatusText(resp.Status)}
		drain(resp)
		return a
	}
	if t.name == "" {
		return a
	}
	w.save(t, resp, part, &a)
	return a
}

// checkPart checks that a partial response fits to what is there.
func checkPart(resp *aiohttp.Response, part resume, offset int64) error {
	if err := checkContentRange(resp.Header("Content-Range"), offset, part.Size); err != nil {
		return err
	}
	if resp.Header("Content-Encoding") != "" {
		return fmt.Errorf("%w: it has a Content-Encoding", errContentRange)
	}
	if resp.MediaType() == "multipart/byteranges" {
		return fmt.Errorf("%w: there are several", errContentRange)
	}
	if tag := resp.Header("ETag"); part.ETag != "" && tag != "" && tag != part.ETag {
		return fmt.Errorf("%w: the entity tag has changed", errContentRange)
	}
	return nil
}

// drain reads a short body that nobody wants.
func drain(resp *aiohttp.Response) {
	if size := resp.ContentLength; size >= 0 && size <= maxDrainBytes {
		io.Copy(io.Discard, io.LimitReader(resp, maxDrainBytes))
	}
}

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

// requestHash identifies the request in the notes of a partial file.
func (t *task) requestHash() string {
	if t.request == "" {
		target, err := t.item.target(t.n)
		if err != nil {
			return "" // not reached: the URL was parsed before
		}
		t.request = target.hash(t.item.variant())
	}
	return t.request
}
