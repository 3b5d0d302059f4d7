package connector_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// leftDial gives the server's end of a connection on which a request waits for its
// answer, and the dial that this request has left for it. A dial of the host's takes
// a second.
func (e *env) leftDial(dials <-chan *heldDial) (*heldDial, func()) {
	e.t.Helper()
	first := e.get()
	d := <-dials
	time.Sleep(time.Second)
	d.let()
	s := e.accept()
	s.WantHead()
	second := e.get()
	left := <-dials
	synctest.Wait()
	s.Write(okHello)
	want(e.t, <-first, 200, "hello")
	s.WantHead()
	return left, func() {
		e.t.Helper()
		s.Write(okHello)
		want(e.t, <-second, 200, "hello")
	}
}

// wantDials checks how many dials were begun.
func wantDials(t *testing.T, dials <-chan *heldDial, n int) {
	t.Helper()
	synctest.Wait()
	if len(dials) != n {
		t.Errorf("%d dials were begun, want %d", len(dials), n)
	}
}

func TestRequestWaitsForADialThatWasLeft(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		left, end := e.leftDial(dials)
		third := e.get()
		wantDials(t, dials, 0)
		fourth := e.get() // there is one for the third only
		wantDials(t, dials, 1)
		left.let()
		s := e.accept()
		serve(s)
		want(t, <-third, 200, "hello")
		serve(s)
		want(t, <-fourth, 200, "hello")
		end()
		e.wantStats(connector.Stats{Open: 3, Idle: 2, Hosts: 1})
	})
}

func TestRequestOpensItselfWhereTheDialThatWasLeftFails(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		left, end := e.leftDial(dials)
		third := e.get()
		wantDials(t, dials, 0)
		left.fail(io.ErrClosedPipe)
		d := <-dials
		e.wantStats(connector.Stats{Open: 2, Hosts: 1})
		d.fail(io.ErrShortWrite) // its own is its own affair
		if err := wantError(t, (<-third).err, connector.PhaseConnect); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("got %v", err)
		}
		end()
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestRequestDoesNotWaitLongForADialThatWasLeft(t *testing.T) {
	for _, limit := range []int{-1, 2} {
		withHeldDials(t, connector.Options{MaxConnsPerHost: limit}, func(e *env, dials <-chan *heldDial) {
			left, end := e.leftDial(dials)
			time.Sleep(time.Second / 2)
			third := e.get()
			time.Sleep(time.Second - time.Nanosecond)
			wantDials(t, dials, 0)
			time.Sleep(time.Nanosecond)
			d := <-dials
			if synctest.Wait(); limit > 0 {
				<-left.over // it gives the place
			} else if len(left.over) > 0 {
				t.Error("the dial was ended, though there is room")
			}
			d.let()
			serve(e.accept())
			want(t, <-third, 200, "hello")
			end()
		})
	}
}

func TestDialThatLastsIsNotWaitedFor(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		_, end := e.leftDial(dials)
		time.Sleep(time.Second)
		third := e.get()
		(<-dials).let()
		serve(e.accept())
		want(t, <-third, 200, "hello")
		end()
	})
}

func TestNewestDialThatWasLeftIsWaitedFor(t *testing.T) {
	// The older one has taken too long already.
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		s, out := e.busy(dials)
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		e.c.CloseIdleConnections()
		old, end := e.leftDial(dials)
		time.Sleep(time.Second)
		e.get()
		newer := <-dials
		end() // and the second has its connection
		third := e.get()
		wantDials(t, dials, 0)
		newer.let()
		serve(e.accept())
		want(t, <-third, 200, "hello")
		old.let()
		e.accept()
	})
}

func TestRequestThatEndsLeavesTheDialToOthers(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		left, end := e.leftDial(dials)
		ctx, cancel := cancelable()
		third := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		wantDials(t, dials, 0)
		cancel()
		if err := wantError(t, (<-third).err, connector.PhasePool); !errors.Is(err, errWhim) || err.Sent {
			t.Errorf("got %v", err)
		}
		fourth := e.get()
		wantDials(t, dials, 0)
		left.let()
		serve(e.accept())
		want(t, <-fourth, 200, "hello")
		end()
	})
}

func TestCloseEndsTheWaitForADialThatWasLeft(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		left, _ := e.leftDial(dials)
		third := e.get()
		wantDials(t, dials, 0)
		e.c.Close()
		<-left.over
		if err := (<-third).err; !errors.Is(err, connector.ErrClosed) {
			t.Errorf("got %v", err)
		}
		wantDials(t, dials, 0)
		e.wantStats(connector.Stats{})
	})
}

func TestTraceTellsOfTheWaitForADialThatWasLeft(t *testing.T) {
	for _, test := range []struct {
		after time.Duration // it comes
		want  []string
	}{
		{0, []string{"queued", "served", "reused"}},
		{time.Second, []string{"queued", "served", "creates", "created"}},
	} {
		withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
			left, end := e.leftDial(dials)
			var got []string
			tracer := tracing.Begin(context.Background(), nil, []*tracing.Trace{{
				OnConnectionQueuedStart: func(*tracing.Call, tracing.ConnectionQueuedStart) { got = append(got, "queued") },
				OnConnectionQueuedEnd:   func(*tracing.Call, tracing.ConnectionQueuedEnd) { got = append(got, "served") },
				OnConnectionCreateStart: func(*tracing.Call, tracing.ConnectionCreateStart) { got = append(got, "creates") },
				OnConnectionCreateEnd:   func(*tracing.Call, tracing.ConnectionCreateEnd) { got = append(got, "created") },
				OnConnectionReuse:       func(*tracing.Call, tracing.ConnectionReuse) { got = append(got, "reused") },
			}}, nil)
			call := callOf()
			call.Host, call.Trace = "example.com:80", tracer.Exchange()
			done := make(chan error)
			var reply connector.Reply
			go func() { done <- e.c.Do(context.Background(), call, &reply) }()
			if time.Sleep(test.after); test.after > 0 {
				(<-dials).let()
			} else {
				synctest.Wait()
				left.let()
			}
			serve(e.accept())
			if err := <-done; err != nil {
				t.Error(err)
			}
			io.Copy(io.Discard, &reply)
			if !slices.Equal(got, test.want) {
				t.Errorf("told of %v, want %v", got, test.want)
			}
			end()
		})
	}
}
