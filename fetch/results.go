package fetch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// flushEvery is how long a line may wait before others can read it.
const flushEvery = time.Second

// A ResultWriter writes one JSON line for each result, whole lines only:
//
//	{"line": 1, "url": "https://example.com/a", "final_url": "https://example.com/a/",
//	 "status": 200, "bytes": 4096, "sha256": "...", "file": "example.com/a.body",
//	 "attempts": 1, "time": "2026-11-22T19:00:00.000Z",
//	 "phases_ms": {"dns": 1.2, "connect": 0.4, "tls": 0, "send": 0.1, "wait": 8.1, "receive": 0.2, "total": 10},
//	 "meta": {"id": 7}}
//
// Members without a value are left out. A failed item has "error" and "cause",
// one that was not sent "skipped", one that was resumed "resumed_bytes".
//
// Lines are buffered, and written at the latest a second later. It is safe for
// concurrent use, and its method Write fits Options.OnResult.
type ResultWriter struct {
	mu    sync.Mutex
	buf   *bufio.Writer
	enc   *json.Encoder
	file  io.Closer // nil if it is not ours
	timer *time.Timer
	dirty bool // the timer runs
	err   error
}

// NewResultWriter writes results to w.
func NewResultWriter(w io.Writer) *ResultWriter {
	rw := &ResultWriter{buf: bufio.NewWriterSize(w, 64<<10)}
	rw.enc = json.NewEncoder(rw.buf)
	rw.enc.SetEscapeHTML(false)
	return rw
}

// OpenResults appends results to the file at path, which it makes if it is not
// there. A last line that a killed run left without its end is removed first.
func OpenResults(path string) (*ResultWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, storeError("open", path, err)
	}
	if err := repairLastLine(f); err != nil {
		f.Close()
		return nil, storeError("open", path, err)
	}
	rw := NewResultWriter(f)
	rw.file = f
	return rw, nil
}

// repairLastLine cuts f behind its last line end and goes there. What is no
// regular file, a pipe for one, is left as it is.
func repairLastLine(f *os.File) error {
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return err
	}
	var chunk [4096]byte
	end := st.Size()
	for end > 0 {
		n := min(end, int64(len(chunk)))
		if _, err := f.ReadAt(chunk[:n], end-n); err != nil {
			return err
		}
		if i := bytes.LastIndexByte(chunk[:n], '\n'); i >= 0 {
			end += int64(i) + 1 - n
			break
		}
		end -= n
	}
	if end < st.Size() {
		if err := f.Truncate(end); err != nil {
			return err
		}
	}
	_, err = f.Seek(end, io.SeekStart)
	return err
}

type resultLine struct {
	Line     int             `json:"line,omitempty"`
	URL      string          `json:"url,omitempty"`
	FinalURL string          `json:"final_url,omitempty"`
	Status   int             `json:"status,omitempty"`
	Bytes    int64           `json:"bytes"`
	Resumed  int64           `json:"resumed_bytes,omitempty"`
	SHA256   string          `json:"sha256,omitempty"`
	File     string          `json:"file,omitempty"`
	Attempts int             `json:"attempts"`
	Skipped  Skip            `json:"skipped,omitempty"`
	Error    string          `json:"error,omitempty"`
	Cause    string          `json:"cause,omitempty"`
	Time     string          `json:"time,omitempty"`
	PhasesMS *phases         `json:"phases_ms,omitempty"`
	Meta     json.RawMessage `json:"meta,omitempty"`
}

// phases are the parts of the last attempt in milliseconds.
type phases struct {
	Pool    millis `json:"pool,omitempty"`
	DNS     millis `json:"dns,omitempty"`
	Connect millis `json:"connect,omitempty"`
	TLS     millis `json:"tls,omitempty"`
	Send    millis `json:"send"`
	Wait    millis `json:"wait"`
	Receive millis `json:"receive"`
	Total   millis `json:"total"`
}

type millis float64

func newMillis(d time.Duration) millis {
	return millis(float64(d.Round(time.Microsecond)) / float64(time.Millisecond))
}

func newPhases(t connector.Timings, total time.Duration) *phases {
	return &phases{
		Pool: newMillis(t.Pool), DNS: newMillis(t.DNS), Connect: newMillis(t.Connect), TLS: newMillis(t.TLS),
		Send: newMillis(t.Send), Wait: newMillis(t.Wait), Receive: newMillis(t.Receive), Total: newMillis(total),
	}
}

// Write writes one result. After an error it returns that error for ever.
func (w *ResultWriter) Write(r Result) error {
	line := resultLine{
		Line: r.Line, URL: mask(r.URL), FinalURL: secret.Text(r.FinalURL), Status: r.Status, Bytes: r.Bytes,
		Resumed: r.Resumed, SHA256: r.SHA256, File: r.File, Attempts: r.Attempts, Skipped: r.Skipped,
		Cause: Cause(r.Err), Meta: r.Meta,
	}
	if r.Err != nil {
		line.Error = r.Err.Error()
	}
	if !r.Started.IsZero() {
		line.Time = r.Started.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		line.PhasesMS = newPhases(r.Timings, r.Elapsed)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.enc.Encode(&line); err != nil {
		return w.fail(err)
	}
	if !w.dirty {
		w.dirty = true
		if w.timer == nil {
			w.timer = time.AfterFunc(flushEvery, w.tick)
		} else {
			w.timer.Reset(flushEvery)
		}
	}
	return nil
}

// tick flushes. An error is kept for the next Write or Close.
func (w *ResultWriter) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dirty = false
	if err := w.buf.Flush(); err != nil && w.err == nil {
		w.fail(err)
	}
}

func (w *ResultWriter) fail(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		w.err = storeError("write", e.Path, err)
	} else {
		w.err = fmt.Errorf("results: %w", err)
	}
	return w.err
}

// Close writes what is buffered, and closes the file if OpenResults opened it.
// It gives the first error of all. Closing again does nothing.
func (w *ResultWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
	if err := w.buf.Flush(); err != nil && w.err == nil {
		w.fail(err)
	}
	if w.file != nil {
		if err := w.file.Close(); err != nil && w.err == nil {
			w.fail(err)
		}
		w.file = nil
	}
	err := w.err
	if w.err == nil {
		w.err = errResultsClosed
	} else if errors.Is(w.err, errResultsClosed) {
		return nil
	}
	return err
}

var errResultsClosed = errors.New("results: write after close")
