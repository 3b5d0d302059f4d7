package connector

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// upload sends a request's body while the request's own goroutine reads the
// answer, which may come before the body is through.
type upload struct {
	conn   *conn
	call   Call // a copy: the upload may outlast the caller's
	limits Timeouts
	body   io.Reader
	once   sync.Once // closes body
	ceased atomic.Bool

	done    chan struct{}
	err     error     // why the body was not sent whole; valid once done
	reading bool      // err came from the body's own reader; valid once done
	ended   time.Time // when the body was sent, for timings; valid once done

	failure atomic.Pointer[error] // err, when it came from the body's own reader

	telling sync.Mutex // held while a hook of the trace is called
	mute    bool       // no hook is to be called any more
}

var errCeased = errors.New("sending of the body was given up")

// uploadPhase names the wait for an answer while the body is being sent.
const uploadPhase = "upload"

// startUpload sends the body in a goroutine of the connector's.
func (x *exchange) startUpload() error {
	u := &upload{conn: x.conn, call: *x.call, limits: *x.limits, body: x.call.Body, done: make(chan struct{})}
	w := &x.conn.wire
	w.begin(&w.reads, -1, uploadPhase) // the head's time begins when the body is sent
	if !x.c.running.start(u.run) {
		return ErrClosed
	}
	x.started, x.upload = true, u
	return nil
}

func (u *upload) run() {
	defer close(u.done)
	returned := false
	defer func() {
		if !returned { // the body has called runtime.Goexit
			u.reading, u.err = true, errBodyVanished
		}
		u.conclude()
	}()
	u.err = u.guarded()
	returned = true
}

// errBodyVanished is a body whose Read, or a function that was told of it, does not
// return.
var errBodyVanished = errors.New("goroutine that sends the body was ended by runtime.Goexit")

// conclude tells the connection how the sending has ended.
func (u *upload) conclude() {
	w := &u.conn.wire
	if u.reading {
		u.failure.Store(&u.err)
		w.abort(&abort{u.err}) // the peer must not take what it has for the whole
		return
	}
	if stall := (*limitError)(nil); errors.As(u.err, &stall) {
		w.abort(&abort{u.err}) // it has had time enough for an answer, too
		return
	}
	if u.call.Timings != nil {
		u.ended = time.Now()
	}
	// Now the answer is due; also when the peer takes no more, since that may
	// be told by an answer which is on its way.
	w.follow(&w.reads, uploadPhase, u.limits.Head, "head")
}

// guarded sends and closes the body, with a panic of the body's as its error.
func (u *upload) guarded() (err error) {
	defer func() {
		if v := recover(); v != nil {
			u.reading, err = true, &BodyPanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	defer u.closeBody()
	err = u.send()
	u.tell(err)
	return err
}

// tell tells the trace that the body was sent, as long as it is to be told.
func (u *upload) tell(err error) {
	if u.call.trace == nil {
		return
	}
	u.telling.Lock()
	defer u.telling.Unlock()
	if !u.mute {
		u.call.trace.wrote(time.Time{}, err)
	}
}

// hush lets no hook be called any more, and waits for one under way.
func (u *upload) hush() {
	if u.call.trace == nil {
		return
	}
	u.telling.Lock()
	u.mute = true
	u.telling.Unlock()
}

func (u *upload) closeBody() { u.once.Do(func() { closeReader(u.body) }) }

func (u *upload) send() error {
	w := &u.conn.wire
	if u.body == nil {
		w.begin(&w.writes, u.limits.Write, "write")
		_, err := u.conn.write(u.call.Payload)
		if err == nil {
			u.call.trace.chunkSent(u.call.Payload)
		}
		return err
	}
	if u.call.Length < 0 {
		return u.sendChunked()
	}
	if sent, ok, err := u.sendFile(); ok {
		return u.checkLength(sent, err)
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
			u.call.trace.chunkSent(buf.b[:n])
		}
		if err == io.EOF {
			return u.checkLength(sent, nil)
		}
		if err != nil {
			u.reading = true
			return err
		}
	}
}

// checkLength checks that the body had the length that was announced.
func (u *upload) checkLength(sent int64, err error) error {
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
			u.call.trace.chunkSent(buf.b[room : room+n])
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

func (u *upload) write(p []byte) error {
	if u.ceased.Load() {
		return errCeased
	}
	w := &u.conn.wire
	w.begin(&w.writes, u.limits.Write, "write")
	_, err := u.conn.write(p)
	return err
}

// cease stops the sending, because nobody wants the rest. A payload is not
// touched any more when it returns.
func (u *upload) cease() {
	if !u.ceased.CompareAndSwap(false, true) || u.over() {
		return // an upload that is over has no say on its connection any more
	}
	w := &u.conn.wire
	w.giveUp(&w.writes, errCeased)
	if u.body == nil {
		<-u.done
		return
	}
	u.closeBody()
}

// lastWords is how long an upload whose answer is complete has to come to its
// end: the answer may overtake the news that the last octet was sent.
const lastWords = 50 * time.Millisecond

// lastNews is the same for those who only want to be told.
const lastNews = 5 * time.Millisecond

// settled reports whether the body has been sent whole, or is within patience.
func (u *upload) settled(patience time.Duration) bool {
	if u.ceased.Load() || u.finished() {
		return u.finished()
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-u.done:
	case <-t.C:
	}
	return u.finished()
}

// finished reports whether the body has been sent whole.
func (u *upload) finished() bool { return u.over() && u.err == nil }

// pending reports whether there is a body that has not been sent whole.
func (u *upload) pending() bool { return u != nil && !u.finished() }

// failedItself reports whether the body's own reader was what failed.
func (u *upload) failedItself() bool { return u != nil && u.failure.Load() != nil }

// over reports whether the sending has ended, well or not. A connection goes
// back to the pool only when it has.
func (u *upload) over() bool {
	select {
	case <-u.done:
		return true
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
	if u.over() && u.err != nil && !errors.Is(u.err, errCeased) && !errors.Is(u.err, errCanceled) {
		return u.err
	}
	return nil
}
