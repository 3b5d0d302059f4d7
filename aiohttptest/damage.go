package aiohttptest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"time"
)

// Cut gives a handler that sends the first n bytes of h's answer, head included,
// and then lets the connection end.
func Cut(n int, end End, h http.Handler) http.Handler {
	return damaged(h, func(wire []byte) []Step {
		return []Step{Send(wire[:min(n, len(wire))]), end}
	})
}

// Flip gives a handler that sends h's answer with all bits of one byte turned
// over: the one that follows the first n, head included.
func Flip(n int, h http.Handler) http.Handler {
	return damaged(h, func(wire []byte) []Step {
		if n < len(wire) {
			wire[n] ^= 0xff
		}
		return []Step{Send(wire)}
	})
}

// Twice gives a handler that sends h's answer two times, in one write, and leaves
// the connection open: to a client that reuses it blindly the second is the
// answer to its next request.
func Twice(h http.Handler) http.Handler {
	return damaged(h, func(wire []byte) []Step { return []Step{Send(bytes.Repeat(wire, 2)), Stall} })
}

// Trickle gives a handler that sends h's answer, head included, n bytes at a time
// with a pause between. It panics if n is not positive.
func Trickle(n int, pause time.Duration, h http.Handler) http.Handler {
	if n <= 0 {
		panic("aiohttptest: Trickle of no bytes at a time")
	}
	return damaged(h, func(wire []byte) []Step {
		var steps []Step
		for len(wire) > 0 {
			part := wire[:min(n, len(wire))]
			steps, wire = append(steps, Send(part), Pause(pause)), wire[len(part):]
		}
		return steps
	})
}

// damaged gives a handler that makes steps of what h would have sent.
func damaged(h http.Handler, steps func(wire []byte) []Step) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		resp := rec.Result()
		resp.Request = r
		resp.ContentLength = int64(rec.Body.Len())
		var wire bytes.Buffer
		resp.Write(&wire) // to memory, so there is no error
		Raw(steps(wire.Bytes())...).ServeHTTP(w, r)
	})
}
