package connector_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// countedContext counts the watches over it.
type countedContext struct {
	context.Context
	begun, ended atomic.Int32
}

// Value hides the context behind this one, to which context.AfterFunc would go.
func (c *countedContext) Value(any) any { return nil }

// AfterFunc is what context.AfterFunc calls.
func (c *countedContext) AfterFunc(f func()) func() bool {
	c.begun.Add(1)
	stop := context.AfterFunc(c.Context, f)
	return func() bool {
		c.ended.Add(1)
		return stop()
	}
}

func TestCancelIsNoticed(t *testing.T) {
	for _, test := range []struct {
		name         string
		after, slack time.Duration
	}{
		{"at-once", 0, connector.Tick},
		{"within-the-first-beat", connector.Tick / 2, connector.Tick},
		{"within-the-second-beat", connector.Tick * 3 / 2, connector.Tick},
		{"later", time.Second, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				ctx, cancel := cancelable()
				out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
				s := e.accept()
				s.WantHead()
				time.Sleep(test.after)
				cancel()
				began := time.Now()
				err := wantError(t, (<-out).err, connector.PhaseHead)
				if !errors.Is(err, errWhim) || !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
				if late := time.Since(began); late > test.slack {
					t.Errorf("noticed after %v, want at most %v", late, test.slack)
				}
			})
		})
	}
}

// A context that many short requests share is not touched by them, and one that
// a long request has watched is left alone when that is over.
func TestContextIsWatchedByLongRequestsOnly(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		inner, cancel := context.WithCancel(context.Background())
		defer cancel()
		ctx := &countedContext{Context: inner}
		send := func() <-chan answer {
			return e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		}
		out := e.get() // opens the connection
		s := e.accept()
		serve(s)
		want(t, <-out, 200, "hello")
		out = send()
		for range 100 {
			s.WantHead()
			time.Sleep(connector.Tick / 8)
			s.Write(okHello)
			want(t, <-out, 200, "hello")
			out = send()
		}
		if n := ctx.begun.Load(); n != 0 {
			t.Errorf("short requests began %d watches", n)
		}
		s.WantHead()
		time.Sleep(time.Second)
		if n := ctx.begun.Load(); n != 1 {
			t.Errorf("a long request began %d watches", n)
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		synctest.Wait()
		if n := ctx.ended.Load(); n != 1 {
			t.Errorf("%d watches were ended", n)
		}
	})
}
