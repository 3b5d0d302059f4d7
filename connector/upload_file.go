package connector

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// plainFile gives the file behind a reader or writer, when it is nothing else.
func plainFile(v any) (*os.File, bool) {
	f, ok := v.(*os.File)
	return f, ok
}

// filePiece is how much of a file the system is asked to copy at a time.
const filePiece = 4 << 20

// sendFile lets the system copy a file to a plain socket. ok is false when
// that cannot be done for this body.
func (u *upload) sendFile() (sent int64, ok bool, err error) {
	file, isFile := plainFile(u.body)
	tcp, isTCP := u.conn.wire.Conn.(*net.TCPConn)
	if !isFile || !isTCP || u.conn.tls != nil || u.call.trace.seesBody() {
		return 0, false, nil
	}
	w := &u.conn.wire
	w.begin(&w.writes, u.limits.Write, "write")
	for sent < u.call.Length {
		n, err := tcp.ReadFrom(&io.LimitedReader{R: file, N: min(u.call.Length-sent, filePiece)})
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
