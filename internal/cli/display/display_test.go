package display_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/cli/display"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

func state() display.State {
	return display.State{
		Elapsed: 2 * time.Second, Total: 412, Done: 347, Failed: 1, Retries: 2, InFlight: 48, Bytes: 12 << 20,
		Slowest: []display.Download{
			{URL: "https://127.0.0.1:4443/pep-0484/", Elapsed: 1200 * time.Millisecond, Bytes: 64 << 10, Size: 128 << 10},
			{URL: "https://127.0.0.1:4443/" + strings.Repeat("long/", 30), Elapsed: 90 * time.Millisecond},
		},
	}
}

func TestFrame(t *testing.T) {
	st := state()
	got := strings.Join(display.Frame(&tty.Screen{Unicode: true}, 80, &st), "\n") + "\n"
	want := `
  █████████████████████████████████████▉         347 of 412   84 %      0s left
  174/s · 6 MiB/s · 12 MiB · 48 in flight · 2 retries · 1 failed
    1.2 s  https://127.0.0.1:4443/pep-0484/                  64 KiB  █████     
    90 ms  https://127.0.0.1:4443…ng/long/long/long/long/       0 B            
`
	if diff := cmp.Diff(want, "\n"+got); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
}

// A line as wide as the screen or wider would wrap, and the cursor would not
// find its way back.
func TestFrameNeverFillsALine(t *testing.T) {
	st := state()
	for range 10 {
		st.Slowest = append(st.Slowest, st.Slowest[1])
	}
	for _, total := range []int64{-1, 0, 412, 1 << 40} {
		st.Total = total
		for width := 21; width < 200; width++ {
			lines := display.Frame(&tty.Screen{Unicode: true}, width, &st)
			if len(lines) > 7 {
				t.Fatalf("%d lines, want at most 7", len(lines))
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(line); n >= width {
					t.Fatalf("width %d, total %d: line of %d: %q", width, total, n, line)
				}
			}
		}
	}
}

func TestFrameNamesRestingHosts(t *testing.T) {
	st := state()
	st.Slowest = nil
	st.Resting = []display.Rest{
		{Host: "https://a.example", Left: 30 * time.Second, Queued: 12},
		{Host: "https://b.example", Left: 90 * time.Second, Queued: 1, Down: true},
		{Host: "https://c.example"},
	}
	want := []string{
		"  https://a.example asks for patience, 12 wait, again in 30s",
		"  https://b.example seems to be down, 1 wait, again in 1m30s",
	}
	if diff := cmp.Diff(want, display.Frame(&tty.Screen{}, 80, &st)[2:]); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestFrameOfAnEndingJobPromisesNothing(t *testing.T) {
	st := state()
	st.Ending = true
	line := display.Frame(&tty.Screen{}, 80, &st)[0]
	if !strings.HasSuffix(line, "ending") || strings.Contains(line, "left") {
		t.Errorf("got %q", line)
	}
}

func TestPlainSaysALineSoonAndThenRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var lines []string
		start := time.Now()
		snapshot := func() display.State {
			n := int64(time.Since(start) / time.Second)
			return display.State{Elapsed: time.Since(start), Total: 100, Done: 10 * n, Bytes: n << 20, InFlight: 8, Failed: n / 10}
		}
		p := display.StartPlain(func(line string) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, line)
		}, snapshot)
		time.Sleep(12 * time.Second)
		p.Stop()
		p.Stop()
		want := []string{
			"fetch: 10 of 100 done, 8 in flight, 1 MiB, 10/s, 1 MiB/s, 9s left",
			"fetch: 60 of 100 done, 8 in flight, 6 MiB, 10/s, 1 MiB/s, 4s left",
			"fetch: 110 of 100 done, 1 failed, 8 in flight, 11 MiB, 10/s, 1 MiB/s, 0s left",
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	})
}
