package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// errUpgraded is the cause when a connection was handed over to another protocol.
var errUpgraded = errors.New("status 101 cannot be recorded")

// listen takes the response of an exchange down, whose body is taken down as it is
// read.
func (t *Tape) listen(k *take, resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		t.end(k, dropped)
		return fmt.Errorf("recording %s: %w", t.path, errUpgraded)
	}
	_, reason, _ := strings.Cut(resp.Status, " ")
	if !plain(reason) {
		reason = ""
	}
	none := k.Request.Method == http.MethodHead || resp.ContentLength == 0 || resp.Body == nil || resp.Body == http.NoBody
	state, content := underway, []byte(nil)
	switch {
	case none:
		state = whole
	case resp.ContentLength > t.opts.maxBodyBytes():
		t.end(k, dropped)
		return t.fits(resp.ContentLength, "response")
	case resp.ContentLength > 0 && resp.ContentLength <= smallBody:
		state, content = readAhead(resp)
	default:
		resp.Body = &listener{ReadCloser: resp.Body, t: t, k: k}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	k.Request.Header = unframed(k.Request.Header, false)
	k.state, k.Response = state, Response{
		Status: resp.StatusCode, Reason: reason, Body: content,
		Header: unframed(resp.Header, k.Request.Method == http.MethodHead),
	}
	return nil
}

// smallBody is up to which length a body is read at once, so that it is recorded
// whatever becomes of it.
const smallBody = 64 << 10

// readAhead reads a small body, and leaves one like it in its place, which fails
// where it has failed.
func readAhead(resp *http.Response) (state, []byte) {
	source := resp.Body
	content, err := io.ReadAll(source)
	if err == nil {
		source.Close()
		resp.Body = io.NopCloser(bytes.NewReader(content))
		return whole, content
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), broken{err}), source}
	return dropped, nil
}

// broken is the rest of a body that cannot be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// unframed gives a copy without the fields that follow from the body.
func unframed(header http.Header, answersHead bool) http.Header {
	kept := http.Header{}
	for name, values := range header {
		if canonical := http.CanonicalHeaderKey(name); !framing(canonical, answersHead) {
			kept[canonical] = append(kept[canonical], values...)
		}
	}
	return kept
}

// listener is a body that is taken down.
type listener struct {
	io.ReadCloser
	t *Tape
	k *take

	mu   sync.Mutex // Close may come while a Read is under way
	text []byte
}

func (l *listener) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	l.mu.Lock()
	l.text = append(l.text, p[:n]...)
	size := int64(len(l.text))
	l.mu.Unlock()
	if tooLarge := l.t.fits(size, "response"); tooLarge != nil {
		l.t.end(l.k, dropped)
		return n, tooLarge
	}
	switch {
	case err == io.EOF:
		l.end(false)
	case err != nil:
		l.t.end(l.k, dropped)
	}
	return n, err
}

// Close ends the body; what was read of it until then is what is recorded.
func (l *listener) Close() error {
	err := l.ReadCloser.Close()
	l.end(true)
	return err
}

func (l *listener) end(cut bool) {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if l.k.state == underway {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.k.state, l.k.Response.Body, l.k.cut = whole, l.text, cut
	}
}
