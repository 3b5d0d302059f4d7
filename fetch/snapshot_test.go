package fetch_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/fetch"
)

func TestSnapshotShowsProgress(t *testing.T) {
	for _, tt := range []struct {
		name  string
		known bool // the length is announced
		opts  fetch.Options
	}{
		{"copied-by-the-system", true, fetch.Options{}},
		{"of-unknown-length", false, fetch.Options{}},
		{"summed", true, fetch.Options{SHA256: true}},
		{"limited", false, fetch.Options{MaxBytes: 4 << 20}},
	} {
		t.Run(tt.name, func(t *testing.T) { testProgress(t, tt.known, tt.opts) })
	}
}

func testProgress(t *testing.T, known bool, opts fetch.Options) {
	body, size := randomBytes(5, 2<<20), int64(-1)
	if known {
		size = int64(len(body))
	}
	release := make(chan struct{})
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if known {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		w.Write(body[:1<<20])
		w.(http.Flusher).Flush()
		<-release
		w.Write(body[1<<20:])
	}), t.TempDir()
	opts.Dir = dir
	j, err := fetch.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if snap := j.Snapshot(); snap.Read != 0 || snap.Elapsed != 0 {
		t.Errorf("before Run: %+v", snap)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := j.Run(t.Context(), urls(strings.Replace(s.URL, "//", "//u:secret@", 1)+"/f")); err != nil {
			t.Error(err)
		}
	}()
	var snap fetch.Snapshot
	for snap.Bytes < 1<<20 {
		snap = j.Snapshot()
		time.Sleep(time.Millisecond)
	}
	tr := snap.Transfers[0]
	if tr.Bytes != 1<<20 || tr.Size != size || tr.Attempt != 1 || tr.Host != s.URL || strings.Contains(tr.URL, "secret") || tr.Age <= 0 {
		t.Errorf("in flight: %+v", tr)
	}
	close(release)
	<-done
	snap = j.Snapshot()
	if snap.Fetched != 1 || snap.Bytes != 2<<20 || len(snap.Transfers) != 0 || !snap.ListDone || snap.Read != 1 || snap.Hosts != 0 {
		t.Errorf("after Run: %+v", snap)
	}
	if again := j.Snapshot(); again.Elapsed != snap.Elapsed {
		t.Errorf("time goes on after Run: %v, %v", snap.Elapsed, again.Elapsed)
	}
}
