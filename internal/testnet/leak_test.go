package testnet_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// run is a *testing.M that runs one function.
type run func() int

func (r run) Run() int { return r() }

func leakGoroutine(stop <-chan struct{}) { <-stop }

// The bubbles make the wait for a leak to go away cost no time.

func TestMainFindsWhatIsLeftBehind(t *testing.T) {
	tests := []struct {
		name     string
		run      func(stop chan struct{}) int
		wantCode int
		want     string // part of the report
	}{
		{"clean", func(chan struct{}) int { return 0 }, 0, ""},
		{"goroutine", func(stop chan struct{}) int { go leakGoroutine(stop); return 0 }, 1, "testnet_test.leakGoroutine("},
		{"conn", func(stop chan struct{}) int {
			client, _ := pipe(t, testnet.Options{})
			client.Close()
			return 0
		}, 1, "open conn 198.18.0.1:80 -> 192.0.2.1:49152, made at"},
		{"failed-anyway", func(stop chan struct{}) int { go leakGoroutine(stop); return 7 }, 7, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stop := make(chan struct{})
				defer close(stop)
				var report strings.Builder
				if got := testnet.RunMain(run(func() int { return tt.run(stop) }), &report); got != tt.wantCode {
					t.Errorf("exit code: got %d, want %d", got, tt.wantCode)
				}
				if got := report.String(); !strings.Contains(got, tt.want) || (tt.want == "" && got != "") {
					t.Errorf("report: got %q, want it to contain %q", got, tt.want)
				}
			})
		})
	}
}

func TestLeakCheckFindsWhatIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		defer close(stop)
		got := failure(t, func(tb testing.TB) {
			testnet.LeakCheck(tb)
			go leakGoroutine(stop)
		})
		if !strings.Contains(got, "testnet_test.leakGoroutine(") {
			t.Errorf("got %q, want the stack of leakGoroutine", got)
		}
	})
}

func TestLeakCheckPasses(t *testing.T) {
	testnet.LeakCheck(t)
	client, server := testnet.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Read(make([]byte, 1))
		server.Close()
	}()
	client.Close()
	<-done
}
