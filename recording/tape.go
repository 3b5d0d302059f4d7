package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Tape is recorded traffic, being replayed or being recorded. Make one with [New]
// or [Open] and give its Middleware to a session, or its RoundTripper to an
// http.Client. It is safe for concurrent use.
type Tape struct {
	path      string
	opts      Options
	recording bool
	scrub     scrubber

	mu     sync.Mutex
	closed bool
	err    error    // of Close
	taken  []*take  // being recorded, in the order of their requests
	known  []*known // being replayed, in the order of the file
}

// known is an exchange that can be replayed.
type known struct {
	Exchange
	asked Request // with its secrets masked
	used  bool
}

// take is an exchange that is being recorded.
type take struct {
	Exchange
	state state
}

// state is how far a take is.
type state int

const (
	underway state = iota
	whole
	dropped // it has failed
)

// TB is what [New] needs of a *testing.T or *testing.B.
type TB interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// New is [Open] for a test: it fails the test when there is an error, and closes
// the tape at its end. A tape that records is not written when the test has
// failed.
func New(t TB, path string, opts ...Options) *Tape {
	t.Helper()
	tape, err := Open(path, opts...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			tape.discard()
		} else if err := tape.Close(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return tape
}

// Open opens the recording at path. It takes at most one Options and panics if
// given more.
func Open(path string, opts ...Options) (*Tape, error) {
	t := &Tape{path: path, opts: options.One("recording: Open", opts)}
	t.scrub = newScrubber(&t.opts)
	if t.opts.Mode == Record {
		t.recording = true
		return t, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && t.opts.Mode == Once {
		t.recording = true
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	exchanges, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("recording %s:%w", path, err)
	}
	for _, e := range exchanges {
		t.known = append(t.known, &known{Exchange: e, asked: t.scrub.request(e.Request)})
	}
	return t, nil
}

// Recording reports whether the tape records, rather than replays.
func (t *Tape) Recording() bool { return t.recording }

// Unused gives what a replay was not asked for so far: "GET https://... (line 3)".
func (t *Tape) Unused() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var unused []string
	for _, k := range t.known {
		if !k.used {
			unused = append(unused, k.String())
		}
	}
	return unused
}

func (k *known) String() string {
	used := ""
	if k.used {
		used = ", used"
	}
	return fmt.Sprintf("%s %s (line %d%s)", k.asked.Method, k.asked.URL, k.line, used)
}

// lookUp gives the exchange that answers a request.
func (t *Tape) lookUp(asked Request) (*known, error) {
	asked = t.scrub.request(asked)
	match := t.opts.Match
	if match == nil {
		match = MatchURL
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, t.errClosed()
	}
	var last *known
	for _, k := range t.known {
		if !match(asked, k.asked) {
			continue
		}
		if !k.used {
			k.used = true
			return k, nil
		}
		last = k
	}
	if last != nil && t.opts.Repeat {
		return last, nil
	}
	return nil, t.miss(asked)
}

func (t *Tape) errClosed() error { return fmt.Errorf("recording %s is closed", t.path) }

// begin makes room for an exchange that is to be recorded.
func (t *Tape) begin(asked Request) (*take, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, t.errClosed()
	}
	k := &take{Exchange: Exchange{Request: asked}}
	t.taken = append(t.taken, k)
	return k, nil
}

// end says what has become of an exchange; only the first word counts.
func (t *Tape) end(k *take, s state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k.state == underway {
		k.state = s
	}
}

// discard closes the tape and writes nothing.
func (t *Tape) discard() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}

// Close ends the tape. One that records is written now; when a response is still
// open, that is an error and nothing is written. Close is idempotent, and gives
// the same error again.
func (t *Tape) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return t.err
	}
	t.closed = true
	if !t.recording {
		return nil
	}
	if t.err = t.save(); t.err != nil {
		t.err = fmt.Errorf("save recording %s: %w", t.path, t.err)
	}
	return t.err
}

// save writes the file. It is called with mu held.
func (t *Tape) save() error {
	exchanges := make([]Exchange, 0, len(t.taken))
	for _, k := range t.taken {
		switch k.state {
		case underway:
			r := t.scrub.request(k.Request)
			return fmt.Errorf("the response to %s %s is neither read to its end nor closed", r.Method, r.URL)
		case whole:
			exchanges = append(exchanges, t.scrub.exchange(k.Exchange))
		}
	}
	text := format(exchanges)
	if _, err := parse(text); err != nil { // such as a URL that is none
		return fmt.Errorf("line %w", err)
	}
	return write(t.path, text)
}

// write replaces a file as a whole: whoever reads it sees the old or the new one.
func write(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".recording-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// clone gives a copy of an exchange that can be changed.
func (e Exchange) clone() Exchange {
	e.Request = e.Request.clone()
	e.Response.Header = e.Response.Header.Clone()
	e.Response.Body = slices.Clone(e.Response.Body)
	return e
}

func (r Request) clone() Request {
	r.Header = r.Header.Clone()
	r.Body = slices.Clone(r.Body)
	return r
}
