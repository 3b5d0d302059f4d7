package aiohttptest_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
)

func TestMain(m *testing.M) { aiohttptest.Main(m) }

// failures gives what a test failed with whose body is f.
func failures(t *testing.T, f func(t testing.TB)) []string {
	tb := &fakeTB{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(tb)
	}()
	<-done
	for i := len(tb.cleanups) - 1; i >= 0; i-- {
		tb.cleanups[i]()
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.messages
}

// fakeTB is a test that may fail.
type fakeTB struct {
	testing.TB
	mu       sync.Mutex
	messages []string
	cleanups []func()
}

func (f *fakeTB) Helper()          {}
func (f *fakeTB) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Log(args ...any)  { f.add(fmt.Sprint(args...)) }
func (f *fakeTB) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.messages) > 0
}
func (f *fakeTB) Errorf(format string, args ...any) { f.add(fmt.Sprintf(format, args...)) }
func (f *fakeTB) Fatal(args ...any) {
	f.add(fmt.Sprint(args...))
	runtime.Goexit()
}

func (f *fakeTB) add(message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messages = append(f.messages, message)
}

// get gives what a URL answers, or its error, as a text.
func get(t testing.TB, session *aiohttp.Session, url string) string {
	t.Helper()
	resp, err := session.Get(t.Context(), url)
	if err != nil {
		return err.Error()
	}
	text, err := resp.Text()
	if err != nil {
		return fmt.Sprintf("%d %q, then %v", resp.Status, text, err)
	}
	return fmt.Sprintf("%d %s", resp.Status, text)
}

// say gives a handler that answers with a word.
func say(word string) http.Handler { return aiohttptest.Text(200, word) }

// read gives what is in a body of net/http's.
func read(t testing.TB, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantFailures checks what a test failed with: each message begins with its want.
func wantFailures(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d failures, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("failure %d: got %q, want %q", i, got[i], want[i])
		}
	}
}
