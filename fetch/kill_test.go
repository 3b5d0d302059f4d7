package fetch_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// childMain is the process that TestKillLosesNothing kills.
func childMain(dir string) {
	_, err := fetch.Run(context.Background(), fetch.Options{Dir: dir, Concurrency: 4}, fetch.Args(os.Getenv("TEST_FETCH_URLS")))
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
}

// In the middle of a job the process is killed, and started again with the same
// arguments: what was whole is not asked for again, what was half is finished.
func TestKillLosesNothing(t *testing.T) {
	const total, killAfter = 300, 100
	large := randomBytes(7, 8<<20)
	var (
		served  atomic.Int32
		ranges  atomic.Value
		killed  = make(chan struct{})
		enough  = make(chan struct{})
		stalled = make(chan struct{})
	)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/0" {
			w.Header().Set("ETag", `"v1"`)
			if rg := r.Header.Get("Range"); rg != "" {
				ranges.Store(rg)
			} else {
				w.Header().Set("Content-Length", strconv.Itoa(len(large)))
				w.Write(large[:4<<20])
				w.(http.Flusher).Flush()
				close(stalled)
				<-killed
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(large))
			return
		}
		if n := served.Add(1); n == killAfter {
			close(enough)
		} else if n > killAfter {
			<-killed
		}
		echo(w, r)
	})
	dir := t.TempDir()
	pattern := s.URL + "/{0.." + strconv.Itoa(total) + "}"
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "TEST_FETCH_CHILD="+dir, "TEST_FETCH_URLS="+pattern)
	var stderr bytes.Buffer
	child.Stderr = &stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	<-enough
	<-stalled
	for partSize(dir) < 4<<20 { // until the child has written what was sent
		time.Sleep(time.Millisecond)
	}
	child.Process.Kill()
	child.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("child: %s", &stderr)
	}
	whole := make(map[string]bool)
	for i := range total + 1 {
		name := strconv.Itoa(i) + ".body"
		if b, err := os.ReadFile(filepath.Join(dir, s.folder(), name)); err == nil {
			whole["/"+strconv.Itoa(i)] = true
			if string(b) != "/"+strconv.Itoa(i) {
				t.Errorf("after the kill %s holds %d bytes", name, len(b))
			}
		}
	}
	if len(whole) < killAfter/2 || len(whole) > killAfter || whole["/0"] {
		t.Fatalf("after the kill %d files are whole", len(whole))
	}
	close(killed)

	sum, results := run(t, fetch.Options{Dir: dir, SHA256: true}, fetch.Args(pattern))
	if sum.Fetched != total+1-int64(len(whole)) || sum.Skipped != int64(len(whole)) || sum.Failed != 0 {
		t.Errorf("second run: %v; %d were whole", &sum, len(whole))
	}
	for path := range whole {
		if got := s.count(path); got != 1 {
			t.Errorf("%s was whole and was asked for %d times", path, got)
		}
	}
	r := results[s.URL+"/0"]
	if r.Resumed != 4<<20 || r.SHA256 != sum256(large) || read(t, dir, s.folder(), "0.body") != string(large) {
		t.Errorf("large file: resumed %d of %d bytes, sum right: %v", r.Resumed, r.Bytes, r.SHA256 == sum256(large))
	}
	if got, want := ranges.Load(), "bytes=4194304-"; got != want {
		t.Errorf("asked for range %v, want %v", got, want)
	}
	if got := strings.Join(files(t, dir), " "); strings.Contains(got, fetch.PartFolder) {
		t.Errorf("partial files are left: %s", got)
	}
}
