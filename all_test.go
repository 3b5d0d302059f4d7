package aiohttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/google/go-cmp/cmp"
)

func numbered(n int) []string {
	var urls []string
	for i := range n {
		urls = append(urls, fmt.Sprintf("http://a.test/%02d", i))
	}
	return urls
}

func TestSessionGetAll(t *testing.T) {
	var running, most atomic.Int32
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if now := running.Add(1); now > most.Load() {
			most.Store(now)
		}
		runtime.Gosched()
		running.Add(-1)                                         // the client goes on as soon as it has the head
		fmt.Fprint(w, r.URL.Path, strings.Repeat("x", 100<<10)) // more than comes with the head
	})
	urls := append(numbered(20), "http://a.test:x/")
	var got []string
	for resp, err := range s.GetAll(t.Context(), 4, slices.Values(urls)) {
		if err != nil {
			var input *aio.InputError[string]
			if !errors.As(err, &input) || input.Input != urls[20] || resp != nil {
				t.Errorf("error %v", err)
			}
			continue
		}
		text, err := resp.Text()
		if err != nil {
			t.Error(err)
		}
		got = append(got, "http://a.test"+text[:3])
	}
	slices.Sort(got)
	if diff := cmp.Diff(urls[:20], got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if most.Load() > 4 {
		t.Errorf("%d requests at once, want at most 4", most.Load())
	}
	wantAtRest(t, s)
}

// Whatever way a loop ends, nothing is left behind.
func TestSessionGetAllLeft(t *testing.T) {
	for _, test := range []struct {
		name string
		body func(round int, cancel context.CancelFunc) bool
	}{
		{"never-read", func(int, context.CancelFunc) bool { return true }},
		{"at-once", func(int, context.CancelFunc) bool { return false }},
		{"later", func(round int, _ context.CancelFunc) bool { return round < 7 }},
		{"cancelled", func(round int, cancel context.CancelFunc) bool {
			if round == 3 {
				cancel()
			}
			return true
		}},
		{"panic", func(round int, _ context.CancelFunc) bool {
			if round == 2 {
				panic("enough")
			}
			return true
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { getAllAndLeave(t, test.name, test.body) })
		})
	}
}

// getAllAndLeave runs a loop over pages of which one never comes, and looks at what
// is left of it.
func getAllAndLeave(t *testing.T, name string, body func(round int, cancel context.CancelFunc) bool) {
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/09" {
			<-r.Context().Done()
		}
		w.Write(make([]byte, 1<<20))
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	urls := numbered(20)
	if name == "never-read" {
		urls = urls[:9]
	}
	func() {
		defer func() {
			if v := recover(); (v != nil) != (name == "panic") {
				t.Errorf("panic %v", v)
			}
		}()
		round := 0
		for range s.GetAll(ctx, 5, slices.Values(urls)) {
			if !body(round, cancel) {
				break
			}
			round++
		}
	}()
	synctest.Wait() // a connection that is being opened when the loop ends, ends by itself
	wantAtRest(t, s)
}

func TestSessionGetAllNeedsNoEnd(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) {})
	endless := func(yield func(string) bool) {
		for i := 0; yield(fmt.Sprint("http://a.test/", i)); i++ {
		}
	}
	n := 0
	for _, err := range s.GetAll(t.Context(), 3, endless) {
		if n++; err != nil || n == 50 {
			break
		}
	}
	if n != 50 {
		t.Errorf("%d rounds, want 50", n)
	}
}
