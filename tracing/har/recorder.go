package har

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Options configure a [Recorder]. The zero value is the default for every field.
type Options struct {
	// MaxBodyBytes bounds what is kept of each body, of requests and of responses;
	// the rest is cut off, and a comment says so. Zero means that bodies are left
	// out; negative means that they are kept whole, in memory until the exchange is
	// over. Text is written as UTF-8, what is none in base64.
	MaxBodyBytes int

	// KeepSecrets leaves credentials as they are. DANGER: who has the file can do
	// what the session could do.
	KeepSecrets bool

	// Comment is written into the file's head.
	Comment string
}

// Recorder writes a HAR file. It is safe for concurrent use, by any number of
// sessions.
type Recorder struct {
	opts Options

	mu     sync.Mutex
	w      io.Writer
	begun  bool
	first  bool // no entry has been written yet
	closed bool
	err    error // of w; nothing is written after it
}

// New makes a recorder that writes to w. It takes at most one Options and panics
// if given more. w is not closed.
func New(w io.Writer, opts ...Options) *Recorder {
	return &Recorder{w: w, first: true, opts: options.One("har: New", opts)}
}

// begin writes the head of the file. The caller holds r.mu.
func (r *Recorder) begin() {
	if r.begun || r.err != nil {
		return
	}
	r.begun = true
	us := named{"aiohttp-go", connector.Version}
	head, err := encode(struct {
		Version string  `json:"version"`
		Creator named   `json:"creator"`
		Browser named   `json:"browser"`
		Comment string  `json:"comment,omitempty"`
		Pages   []named `json:"pages"`
		Entries []named `json:"entries"`
	}{"1.2", us, us, r.opts.Comment, []named{}, []named{}})
	if err == nil {
		head = append([]byte(`{"log":`), bytes.TrimSuffix(head, []byte("]}"))...)
		_, err = r.w.Write(head)
	}
	r.err = err
}

// write adds an entry, unless the recorder is closed.
func (r *Recorder) write(e *entry) {
	text, err := encode(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.begin()
	if err == nil && r.err == nil {
		sep := ",\n"
		if r.first {
			sep = "\n"
		}
		r.first = false
		_, err = r.w.Write(append([]byte(sep), text...))
	}
	if r.err == nil {
		r.err = err
	}
}

// Close writes the end of the file, and gives the first error of writing. What is
// still under way is not recorded. Close is idempotent.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.err
	}
	r.closed = true
	r.begin()
	if r.err == nil {
		_, r.err = io.WriteString(r.w, "\n]}}\n")
	}
	return r.err
}

// encode writes JSON as it is read best: "&" as itself.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
