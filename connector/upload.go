package connector

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// upload sends a request's body while the request's own goroutine reads the
// answer, which may come before the body is through.
type upload struct {
	conn    *conn
	call    Call // a copy: the upload may outlast the caller's
	limits  Timeouts
	body    io.Reader
	done    chan struct{}
	ceased  atomic.Bool
	err     error                 // why the body was not sent whole; valid once done
	reading bool                  // err came from the body's own reader; valid once done
	failure atomic.Pointer[error] // err, when it came from the body's own reader
}

var errCeased = errors.New("sending of the body was given up")

// startUpload sends the body in a goroutine of the connector's.
func (x *exchange) startUpload() {
	x.started = true
	u := &upload{conn: x.conn, call: *x.call, limits: x.limits, body: x.call.Body, done: make(chan struct{})}
	x.upload = u
	w := &x.conn.wire
	w.begin(&w.reads, -1, "") // the head's time begins when the body is sent
	x.c.running.Go(u.run)
}

func (u *upload) run() {
	defer close(u.done)
	if c, ok := u.body.(io.Closer); ok {
		defer c.Close()
	}
	u.err = u.send()
	w := &u.conn.wire
	switch {
	case u.err == nil:
		w.begin(&w.reads, u.limits.Head, "head")
	case u.reading:
		u.failure.Store(&u.err)
		w.abort(&abort{u.err}) // the peer must not take what it has for the whole
	default:
		// The peer takes no more; its answer may be on its way.
		w.begin(&w.reads, u.limits.Head, "head")
	}
}

func (u *upload) send() error {
	w := &u.conn.wire
	if u.body == nil {
		w.begin(&w.writes, u.limits.Write, "write")
		_, err := u.conn.top.Write(u.call.Payload)
		return err
	}
	if u.call.Length < 0 {
		return u.sendChunked()
	}
	if sent, ok, err := u.sendFile(); ok {
		return u.lengthError(sent, err)
	}
	return u.sendLength()
}

// sendBuffers hold a piece of a body on its way.
type sendBuffer struct{ b [32<<10 + 32]byte }

var sendBuffers = sync.Pool{New: func() any { return new(sendBuffer) }}

// sendLength copies Length octets, never more.
func (u *upload) sendLength() error {
	buf := sendBuffers.Get().(*sendBuffer)
	defer sendBuffers.Put(buf)
	var sent int64
	for {
		piece := buf.b[:min(int64(len(buf.b)), u.call.Length-sent+1)]
		n, err := u.body.Read(piece)
		if sent+int64(n) > u.call.Length {
			u.reading = true
			return fmt.Errorf("request body is longer than its Content-Length of %d", u.call.Length)
		}
		if n > 0 {
			if err := u.write(buf.b[:n]); err != nil {
				return err
			}
			sent += int64(n)
		}
		if err != nil {
			if err != io.EOF {
				u.reading = true
				return err
			}
			return u.lengthError(sent, nil)
		}
	}
}

// lengthError checks that the body had the length that was announced.
func (u *upload) lengthError(sent int64, err error) error {
	if err == nil && sent < u.call.Length {
		u.reading = true
		return fmt.Errorf("request body ended after %d of %d bytes: %w", sent, u.call.Length, io.ErrUnexpectedEOF)
	}
	return err
}

// sendChunked copies the body in chunks, one write each, and ends it with the
// trailers.
func (u *upload) sendChunked() error {
	buf := sendBuffers.Get().(*sendBuffer)
	defer sendBuffers.Put(buf)
	const room = 16 // for the chunk-size line
	for {
		n, err := u.body.Read(buf.b[room : len(buf.b)-2])
		if n > 0 {
			var line [room]byte
			size := http1.AppendChunkHeader(line[:0], n)
			from := room - len(size)
			copy(buf.b[from:], size)
			copy(buf.b[room+n:], "\r\n")
			if err := u.write(buf.b[from : room+n+2]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			u.reading = true
			return err
		}
	}
	end, err := appendTrailer(append(buf.b[:0], "0\r\n"...), u.call.Trailer)
	if err != nil {
		u.reading = true
		return err
	}
	return u.write(end)
}

// appendTrailer appends the trailer section and the blank line.
func appendTrailer(dst []byte, trailer http.Header) ([]byte, error) {
	for name, values := range trailer {
		if !http1.ValidToken(name) || http1.ForbiddenTrailer(strings.ToLower(name)) {
			return nil, fmt.Errorf("request trailer %q is not allowed", name)
		}
		for _, v := range values {
			if !http1.ValidValue(v) {
				return nil, fmt.Errorf("value of request trailer %q has a control character", name)
			}
			dst = http1.AppendField(dst, name, v)
		}
	}
	return append(dst, "\r\n"...), nil
}

func (u *upload) write(p []byte) error {
	if u.ceased.Load() {
		return errCeased
	}
	w := &u.conn.wire
	w.begin(&w.writes, u.limits.Write, "write")
	_, err := u.conn.top.Write(p)
	return err
}

// sendFile lets the system copy a file to a plain socket. ok is false when
// that cannot be done for this body.
func (u *upload) sendFile() (sent int64, ok bool, err error) {
	file, isFile := plainFile(u.body)
	tcp, isTCP := u.conn.wire.Conn.(*net.TCPConn)
	if !isFile || !isTCP || u.conn.tls != nil {
		return 0, false, nil
	}
	w := &u.conn.wire
	for sent < u.call.Length {
		if u.ceased.Load() {
			return sent, true, errCeased
		}
		w.begin(&w.writes, u.limits.Write, "write")
		n, err := tcp.ReadFrom(&io.LimitedReader{R: file, N: min(u.call.Length-sent, filePiece)})
		sent += n
		if err != nil && isDeadline(err) {
			if n > 0 {
				w.progress(&w.writes)
			}
			if err = w.missed(&w.writes); err == nil {
				continue
			}
		}
		if err != nil {
			return sent, true, err
		}
		if n == 0 {
			break
		}
	}
	return sent, true, nil
}

// filePiece is how much of a file the system is asked to copy at a time.
const filePiece = 4 << 20

// cease stops the sending, because nobody wants the rest.
func (u *upload) cease() {
	if u.ceased.CompareAndSwap(false, true) {
		select {
		case <-u.done:
		default:
			u.conn.wire.Conn.SetWriteDeadline(longAgo)
			if c, ok := u.body.(io.Closer); ok {
				c.Close()
			}
		}
	}
}

// finished reports whether the body has been sent whole.
func (u *upload) finished() bool {
	select {
	case <-u.done:
		return u.err == nil
	default:
		return false
	}
}

// blame gives the error of the sending that explains why no answer came, and
// nil where it explains nothing.
func (u *upload) blame() error {
	if failure := u.failure.Load(); failure != nil {
		return *failure
	}
	select {
	case <-u.done:
		if u.err != nil && !errors.Is(u.err, errCeased) {
			return u.err
		}
	default:
	}
	return nil
}
