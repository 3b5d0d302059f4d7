package aiohttptest

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// A Step is a part of a [Raw] answer: a [Send], a [Pause] or an [End].
type Step interface {
	// play does the step, and reports whether there may be another.
	play(ctx context.Context, conn net.Conn) bool
}

// Send is bytes as they go on the wire.
type Send string

// Pause is time in which nothing happens.
type Pause time.Duration

// End is how a connection ends. It is a [Step], and a part of a [Fault].
type End int

// The ends.
const (
	Close End = iota + 1 // the stream ends
	Reset                // the connection breaks off: the client gets ECONNRESET
	Stall                // nothing comes any more; the client has to give up
)

// Raw gives a handler that takes the connection over when it has read a request,
// and plays the steps. When they are over it closes the connection.
//
//	aiohttptest.Raw(
//		aiohttptest.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"),
//		aiohttptest.Pause(5*time.Second),
//		aiohttptest.Reset,
//	)
func Raw(steps ...Step) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		ctx := r.Context()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // the server is closing
		}
		defer conn.Close()
		for _, step := range steps {
			if !step.play(ctx, conn) {
				return
			}
		}
	})
}

func (b Send) play(_ context.Context, conn net.Conn) bool {
	_, err := io.WriteString(conn, string(b))
	return err == nil
}

func (d Pause) play(ctx context.Context, _ net.Conn) bool {
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done(): // the server closes
		return false
	}
}

func (e End) play(_ context.Context, conn net.Conn) bool {
	switch e {
	case Reset:
		if c, ok := conn.(interface{ Reset() error }); ok {
			c.Reset()
		}
	case Stall:
		io.Copy(io.Discard, conn) // until the client hangs up
	}
	return false
}
