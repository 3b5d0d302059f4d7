package aiohttp

import (
	"errors"
	"io"
	"net/http"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/coding"
)

// begin makes the response ready once its head was read.
func (r *Response) begin() {
	r.Status, r.ContentLength = r.reply.Status, r.reply.Length
	if r.raw || !r.reply.Coded || r.ContentLength == 0 || r.bodiless() {
		return
	}
	codings := fieldValues(r.reply.Fields(), "content-encoding")
	if len(coding.Parse(codings)) == 0 {
		return
	}
	var coded io.Reader = &r.reply
	if r.probe != nil {
		coded = r.probe.count(coded)
	}
	decoder, err := coding.NewReader(coded, codings, coding.Limits{MaxBytes: max(r.limits().MaxDecodedBytes, 0)})
	switch {
	case errors.Is(err, coding.ErrUnknown):
		return // delivered as it is
	case err != nil:
		decoder = failedDecoder{err}
	}
	r.decoder, r.ContentLength = decoder, -1
}

// limits gives the options that bound the body; those of a response that came
// from no session are the defaults.
func (r *Response) limits() *Options {
	if r.session == nil {
		return &Options{}
	}
	return &r.session.opts
}

// failedDecoder is a body that cannot be decoded.
type failedDecoder struct{ err error }

func (f failedDecoder) Read([]byte) (int, error) { return 0, f.err }

func (f failedDecoder) Close() error { return nil }

// Read reads the body, decompressed. It gives io.EOF at its end, an [*Error] when
// it is cut short or cannot be decoded, and http.ErrBodyReadAfterClose, also in an
// [*Error], after Close.
func (r *Response) Read(p []byte) (int, error) {
	n, err := r.read(p)
	if r.probe != nil {
		r.probe.received(p[:n], err)
	}
	if more := r.more.Load(); more != nil && more.watch != nil {
		more.watch.add(n, r.ContentLength)
	}
	return n, err
}

func (r *Response) read(p []byte) (int, error) {
	if len(r.content) > 0 && !r.held && !r.closed.Load() {
		n := copy(p, r.content)
		r.content = r.content[n:]
		return n, nil
	}
	if r.decoder == nil {
		n, err := r.reply.Read(p)
		return n, r.readError(err)
	}
	if r.ended && !r.closed.Load() {
		return 0, io.EOF
	}
	n, err := r.decoder.Read(p)
	if err == io.EOF {
		r.ended = true
		r.finish()
	}
	return n, r.readError(err)
}

// finish reads what may stand behind the end of a decoded body, which is the
// end of the chunked coding, so that the connection can be used again.
func (r *Response) finish() {
	r.decoder.Close()
	r.reply.Close()
}

// readError gives an error of reading the shape of the others, and names the
// one that is the caller's doing.
func (r *Response) readError(err error) error {
	if err == nil {
		return nil
	}
	r.over()
	if err == io.EOF {
		return err
	}
	var known *Error
	if r.closed.Load() && !errors.As(err, &known) {
		err = http.ErrBodyReadAfterClose
	}
	return r.explain(err)
}

// explain gives an error of the body the shape of the others.
func (r *Response) explain(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	return &Error{Phase: connector.PhaseBody, Host: r.place.addr, Addr: r.reply.Addr(), Sent: true, Err: err}
}

// WriteTo writes the body, decompressed, to w: to a file straight from the
// socket where the system can do that. io.Copy uses it.
func (r *Response) WriteTo(w io.Writer) (int64, error) {
	more := r.more.Load()
	if r.decoder != nil || len(r.content) > 0 && !r.held || more != nil && more.watch != nil || r.probe != nil && r.probe.tracer != nil {
		return io.Copy(w, onlyReader{r})
	}
	n, err := r.reply.WriteTo(w)
	if r.reply.Over() {
		r.over()
	}
	if err != nil && r.closed.Load() {
		err = r.readError(err)
	}
	return n, err // one of w's own stays as it is
}

// Close gives the connection back; it is closed when much of the body is still
// to come, or the rest is slow (see [connector.Reply.Close]). Close is idempotent, needless after the body was read, and may be
// called while another goroutine reads, whose read then fails.
func (r *Response) Close() error {
	r.closed.Store(true)
	if r.decoder != nil {
		r.decoder.Close()
	}
	defer r.over()
	err := r.reply.Close()
	if r.probe != nil {
		r.probe.closed(r)
	}
	return err
}
