package connector

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"reflect"
	"strings"
	"syscall"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// plainFile gives the file behind a reader or writer, when it is nothing else.
func plainFile(v any) (*os.File, bool) {
	f, ok := v.(*os.File)
	return f, ok
}

// io.NopCloser has two types: one for readers that are an io.WriterTo.
var (
	nopCloser         = reflect.TypeOf(io.NopCloser(nil))
	nopCloserWriterTo = reflect.TypeOf(io.NopCloser(struct {
		io.Reader
		io.WriterTo
	}{}))
)

// insideNopCloser gives the reader that io.NopCloser has hidden, as
// http.NewRequest does with a file that is not to be closed.
func insideNopCloser(r io.Reader) io.Reader {
	if t := reflect.TypeOf(r); t == nopCloser || t == nopCloserWriterTo {
		return reflect.ValueOf(r).Field(0).Interface().(io.Reader)
	}
	return r
}

// filePiece is how much of a file the system is asked to copy at a time. It stops as
// soon as the socket is full or empty, and should not before: where the peer is as fast,
// pieces of 4 MiB took a third longer to send. This bounds the time until somebody who
// wants to stop it is heard.
const filePiece = 64 << 20

// sendFile lets the system copy a file to a plain socket, or to a connection of
// the user's that passes it on to one. ok is false when that cannot be done for
// this body.
func (u *upload) sendFile() (sent int64, ok bool, err error) {
	file, isFile := plainFile(insideNopCloser(u.body))
	to, isReaderFrom := u.conn.wire.Conn.(io.ReaderFrom)
	if !isFile || !isReaderFrom || u.conn.tls != nil || u.call.trace.seesBody() {
		return 0, false, nil
	}
	if sent, ok, err := u.sendDirect(file); ok {
		return sent, true, err
	}
	w := &u.conn.wire
	w.begin(&w.writes, u.limits.Write, "write")
	for sent < u.call.Length {
		n, err := to.ReadFrom(&io.LimitedReader{R: file, N: min(u.call.Length-sent, filePiece)})
		sent += n
		if n > 0 {
			w.progress(&w.writes)
		}
		if err != nil {
			if ofFile(err) {
				u.reading = true
				return sent, true, err
			}
			if err = w.failed(&w.writes, err); err != nil {
				return sent, true, err
			}
		} else if n == 0 {
			break
		}
	}
	return sent, true, nil
}

// ofFile reports whether an error is a file's, and not that of the connection
// which its content goes to or comes from.
func ofFile(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) && !isDeadline(err) && !isGone(path.Err) && !errors.Is(err, syscall.ETIMEDOUT)
}

// checkTrailer checks what is known of a trailer section before the body is
// sent, whether there is a body or not.
func checkTrailer(trailer http.Header) error {
	if len(trailer) == 0 {
		return nil
	}
	_, err := appendTrailer(nil, trailer)
	return err
}

// appendTrailer appends the trailer section and the blank line.
func appendTrailer(dst []byte, trailer http.Header) ([]byte, error) {
	for name, values := range trailer {
		if err := checkTrailerName(name); err != nil {
			return nil, err
		}
		for _, v := range values {
			v = http1.TrimOWS(v)
			if !http1.ValidValue(v) {
				return nil, fmt.Errorf("value of request trailer %q has a control character", name)
			}
			dst = http1.AppendField(dst, name, v)
		}
	}
	return append(dst, "\r\n"...), nil
}

func checkTrailerName(name string) error {
	if !http1.ValidToken(name) || http1.ForbiddenTrailer(strings.ToLower(name)) {
		return fmt.Errorf("request trailer %q is not allowed", name)
	}
	return nil
}
