package connector_test

//lint:file-ignore SA1019 the tests are about Request.Cancel

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// TestCancelChannelEndsTheRequest is for programs that still use the deprecated
// Request.Cancel, which http.Client passes on.
func TestCancelChannelEndsTheRequest(t *testing.T) {
	for _, part := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"} {
		inBubble(t, connector.Options{}, func(e *env) {
			req := request(t, "GET", "http://example.com/", nil)
			channel := make(chan struct{})
			req.Cancel = channel
			out := e.send(req)
			s := e.accept()
			s.WantHead()
			s.Write(part)
			synctest.Wait()
			close(channel)
			a := <-out
			var failed *connector.Error
			if !errors.As(a.err, &failed) || !errors.Is(a.err, context.Canceled) {
				t.Errorf("got %v", a.err)
			}
			s.WantEOF()
			e.wantStats(connector.Stats{})
		})
	}
}

func TestCancelChannelIsFoundClosedBeforeAnything(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "GET", "http://example.com/", nil)
		channel := make(chan struct{})
		close(channel)
		req.Cancel = channel
		a := <-e.send(req)
		wantError(t, a.err, connector.PhasePrepare)
		if n := e.net.Dials(); n != 0 || !errors.Is(a.err, context.Canceled) {
			t.Errorf("got %v after %d dials", a.err, n)
		}
	})
}

// TestCancelChannelIsForgottenWithTheResponse holds that the channel costs
// nothing once the response was read or closed, and cannot hurt the next user of
// the connection.
func TestCancelChannelIsForgottenWithTheResponse(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		var s interface {
			WantHead() string
			Write(string)
		}
		for _, tt := range []struct {
			method, head, rest string
			read               bool
		}{
			{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", true},
			{"GET", okHello, "", true},
			{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "llo", true},
			{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "llo", false}, // closed instead
		} {
			channel := make(chan struct{})
			req := request(t, tt.method, "http://example.com/", nil)
			req.Cancel = channel
			out := make(chan answer, 1)
			go func() {
				resp, err := e.c.RoundTrip(req)
				out <- answer{resp: resp, err: err}
			}()
			if s == nil {
				s = e.accept()
			}
			s.WantHead()
			s.Write(tt.head)
			a := <-out
			if a.err != nil {
				t.Fatal(a.err)
			}
			s.Write(tt.rest)
			if tt.read {
				var rest [10]byte
				for err := error(nil); err == nil; {
					_, err = a.resp.Body.Read(rest[:])
				}
			}
			if !tt.read || tt.rest == "" {
				a.resp.Body.Close()
			}
			synctest.Wait()
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			if bytes.Contains(stacks, []byte("cancelable")) {
				t.Errorf("%+v: the channel is still watched", tt)
			}
			close(channel)
			e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
		}
	})
}

func TestCancelChannelDoesNotHoldUpClose(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "GET", "http://example.com/", nil)
		req.Cancel = make(chan struct{})
		out := make(chan answer, 1)
		go func() {
			resp, err := e.c.RoundTrip(req)
			out <- answer{resp: resp, err: err}
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		a := <-out
		e.c.Close() // with the body neither read nor closed
		a.resp.Body.Close()
	})
}

// overdue is a context whose end is due, and does not come.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Now(), true }

func TestCancelChannelOfAContextThatDoesNotEndDoesNotHoldUpClose(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "GET", "http://example.com/", nil).WithContext(overdue{context.Background()})
		channel := make(chan struct{})
		req.Cancel = channel
		out := make(chan answer, 1)
		go func() {
			resp, err := e.c.RoundTrip(req)
			out <- answer{resp: resp, err: err}
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		a := <-out
		close(channel)
		synctest.Wait()
		e.c.Close() // with the body neither read nor closed
		a.resp.Body.Close()
	})
}
