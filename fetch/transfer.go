package fetch

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
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
