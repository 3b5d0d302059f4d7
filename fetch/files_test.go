package fetch_test

import (
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
)

// noFiles are the ways in which too many open files come out of a request.
var noFiles = map[string]error{
	"socket": &connector.Error{Phase: connector.PhaseConnect, Err: &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)}},
	"system": &connector.Error{Phase: connector.PhaseConnect, Err: &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.ENFILE)}},
	"dns":    &connector.Error{Phase: connector.PhaseDNS, Err: &net.DNSError{Err: "dial udp 192.0.2.1:53: socket: " + syscall.EMFILE.Error(), Name: "a.test"}},
	"file":   &fetch.StoreError{Op: "create", Path: "x", Err: syscall.EMFILE},
}

// A job that the system allows fewer files than it wants goes on with as many requests
// as there is room for. No item fails, and none of the failures counts against one.
func TestTooManyOpenFilesLowerTheConcurrency(t *testing.T) {
	const room = 7
	for name, refused := range noFiles {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var open atomic.Int64
				s := &stub{took: time.Millisecond}
				refusals := 0
				s.answer = func(_ fetch.Item, attempt int) (int, string, error) {
					if attempt != 1 {
						t.Errorf("attempt %d", attempt)
					}
					if open.Add(1) > room {
						open.Add(-1)
						refusals++
						return 0, "", refused
					}
					s.mu.Unlock()
					time.Sleep(time.Second)
					s.mu.Lock()
					open.Add(-1)
					return 200, "", nil
				}
				sum := simulate(t, s, fetch.Options{Concurrency: 40, Retries: -1}, heads("http://h{1..50}/{1..4}"))
				if sum.Fetched != 200 || sum.Failed != 0 || sum.Requests != 200 || sum.Retries != 0 {
					t.Errorf("got %v", &sum)
				}
				if sum.Concurrency != room || refusals != 40-room {
					t.Errorf("%d at once after %d refusals, want %d after %d", sum.Concurrency, refusals, room, 40-room)
				}
			})
		})
	}
}

// Where not even one request has room, it is a failure like others: tried again, with
// pauses, and then told.
func TestNoOpenFilesAtAllFailItems(t *testing.T) {
	for name, refused := range noFiles {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stub{took: time.Millisecond, answer: func(fetch.Item, int) (int, string, error) { return 0, "", refused }}
				sum := simulate(t, s, fetch.Options{Concurrency: 4, Retries: 2}, heads("http://a/{1..8}"))
				if sum.Failed != 8 || sum.Concurrency != 1 || sum.Retries != 16 || len(sum.Causes) != 1 {
					t.Errorf("got %v, %d at once, after %v", &sum, sum.Concurrency, s.finished)
				}
			})
		})
	}
}

// What was sent, and may not be sent twice, is not sent again.
func TestTooManyOpenFilesRepeatNoPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: time.Second, answer: func(fetch.Item, int) (int, string, error) { return 200, "", noFiles["file"] }}
		items := func(yield func(fetch.Item, error) bool) {
			for n := range 5 {
				if !yield(fetch.Item{URL: fmt.Sprintf("http://a/%d", n), Method: "POST"}, nil) {
					return
				}
			}
		}
		if sum := simulate(t, s, fetch.Options{}, items); sum.Failed != 5 || sum.Requests != 5 {
			t.Errorf("got %v", &sum)
		}
	})
}

func TestConcurrencyFitsTheLimitOfOpenFiles(t *testing.T) {
	for _, test := range []struct{ files, want, requests, resting, folders int }{
		{0, 64, 64, 256, 64},
		{1 << 20, 1000, 1000, 256, 64},
		{1024, 64, 64, 256, 64},
		{1024, 400, 400, 144, 64},
		{256, 64, 64, 82, 30},
		{30, 100, 6, 1, 1},
		{10, 100, 1, 0, 1},
	} {
		requests, resting, folders := fetch.RoomOf(test.files, test.want)
		if requests != test.requests || resting != test.resting || folders != test.folders {
			t.Errorf("%d files, %d wanted: got %d, %d resting, %d folders", test.files, test.want, requests, resting, folders)
		}
	}
}
