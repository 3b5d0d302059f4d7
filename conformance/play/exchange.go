package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
)

// exchange is what came of one request.
type exchange struct {
	resp     *http.Response
	body     []byte // its beginning, up to maxBody
	bodyLen  int64
	interim  []int
	err      error
	panicked bool
	late     bool // the request's deadline had passed
}

// maxBody bounds what is kept of one body.
const maxBody = 4 << 20

// A reading is a way to read a body.
type reading struct {
	limit  int64 // octets to read before closing; zero means all
	direct bool  // by the body's own WriteTo, where it has one
}

// send sends a request and reads the answer.
func send(client Client, req *http.Request, redirects bool, way reading) (e *exchange) {
	e = &exchange{}
	defer func() {
		e.late = req.Context().Err() != nil
		if p := recover(); p != nil {
			e.err, e.panicked = fmt.Errorf("panic: %v", p), true
		}
	}()
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(status int, _ textproto.MIMEHeader) error {
			e.interim = append(e.interim, status)
			return nil
		},
	}))
	if e.resp, e.err = client.Send(req, redirects); e.err != nil {
		return e
	}
	if e.resp == nil || e.resp.Body == nil {
		e.err = errors.New("no error, and no response with a body")
		return e
	}
	defer e.resp.Body.Close()
	if e.resp.StatusCode != http.StatusSwitchingProtocols {
		e.read(way)
	}
	return e
}

func (e *exchange) read(way reading) {
	var src io.Reader = e.resp.Body
	switch {
	case way.limit > 0:
		src = io.LimitReader(src, way.limit)
	case !way.direct:
		src = onlyReader{src}
	}
	e.bodyLen, e.err = io.Copy(keeper{e}, src)
}

// onlyReader hides every other method, so that io.Copy has to read.
type onlyReader struct{ io.Reader }

// keeper keeps the beginning of a body.
type keeper struct{ e *exchange }

func (k keeper) Write(p []byte) (int, error) {
	if room := maxBody - len(k.e.body); room > 0 {
		k.e.body = append(k.e.body, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (e *exchange) String() string {
	if e.err != nil {
		return "error: " + e.err.Error()
	}
	return fmt.Sprintf("%d with a body of %d octets, %.40q", e.resp.StatusCode, e.bodyLen, e.body)
}

// timedOut tells whether the exchange ended only by a deadline.
func (e *exchange) timedOut() bool { return e.err != nil && (e.late || saysTimeout(e.err)) }

// saysTimeout tells whether a caller can see that an error is a deadline's.
func saysTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}
