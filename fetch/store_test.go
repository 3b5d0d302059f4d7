package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// Folders are closed and opened again when there are more than are kept open.
func TestRunWritesToManyFolders(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	sum, _ := run(t, fetch.Options{Dir: dir}, fetch.Args(s.URL+"/{0..199}/{a,b}.txt", s.URL+"/{0..199}/c.txt"))
	if sum.Fetched != 600 {
		t.Fatalf("got %v", &sum)
	}
	for i := range 200 {
		for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
			want := fmt.Sprintf("/%d/%s", i, name)
			if got := read(t, dir, s.folder(), want); got != want {
				t.Errorf("%s holds %q", want, got)
			}
		}
	}
}

// Files get their names in the way that the system allows.
func TestRunNamesFilesInEachWay(t *testing.T) {
	for way, set := range map[string]func(*fetch.Job){
		"as-it-comes": func(*fetch.Job) {},
		"via-proc":    (*fetch.Job).LinkViaProc,
		"by-rename":   (*fetch.Job).Rename,
	} {
		t.Run(way, func(t *testing.T) {
			s, dir := newSite(t, echo), t.TempDir()
			old := filepath.Join(dir, s.folder(), "2.txt")
			if err := os.MkdirAll(filepath.Dir(old), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(old, []byte("old"), 0o666); err != nil {
				t.Fatal(err)
			}
			before := time.Now().Add(-time.Hour)
			if err := os.Chtimes(old, before, before); err != nil {
				t.Fatal(err)
			}
			j, err := fetch.New(fetch.Options{Dir: dir, Overwrite: true})
			if err != nil {
				t.Fatal(err)
			}
			set(j)
			sum, err := j.Run(t.Context(), fetch.Args(s.URL+"/{1..20}.txt"))
			if err != nil || sum.Fetched != 20 {
				t.Fatalf("Run: %v, %v", &sum, err)
			}
			if got := files(t, dir); len(got) != 20 {
				t.Errorf("files %q", got)
			}
			for n := range 20 {
				want := fmt.Sprintf("/%d.txt", n+1)
				if got := read(t, dir, s.folder(), want); got != want {
					t.Errorf("%s holds %q", want, got)
				}
			}
		})
	}
}

func TestRunMakesFolderAgainThatWasRemoved(t *testing.T) {
	dir := t.TempDir()
	var s *site
	s = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/d/2.txt" {
			if err := os.RemoveAll(filepath.Join(dir, s.folder())); err != nil {
				t.Error(err)
			}
		}
		echo(w, r)
	})
	sum, _ := run(t, fetch.Options{Dir: dir, Concurrency: 1}, fetch.Args(s.URL+"/d/{1..3}.txt"))
	if got, want := files(t, dir), []string{s.folder() + "/d/2.txt", s.folder() + "/d/3.txt"}; sum.Fetched != 3 || !cmp.Equal(got, want) {
		t.Errorf("%v; files %q, want %q", &sum, got, want)
	}
}

func TestRunSweepsWhatAKilledRunLeft(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	parts := filepath.Join(dir, fetch.PartFolder)
	if err := os.Mkdir(parts, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"lock": "1\n", "0": "half", "17": "half", "a.part": "no note", "b.json": "{}",
		"c.part": "half", "c.json": `{"request":"x","etag":`, "d.part": "half", "d.json": `{"request":"x","etag":"","size":9999999}`,
	} {
		if err := os.WriteFile(filepath.Join(parts, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum, _ := run(t, fetch.Options{Dir: dir}, urls(s.URL+"/a.txt"))
	if got, want := files(t, dir), []string{s.folder() + "/a.txt"}; sum.Fetched != 1 || !cmp.Equal(got, want) {
		t.Errorf("%v; files %q, want %q", &sum, got, want)
	}
}

func TestTwoJobsShareAFolder(t *testing.T) {
	dir, inside := t.TempDir(), make(chan struct{})
	var first atomic.Bool
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow/1.txt" && first.CompareAndSwap(false, true) {
			close(inside)
			sum, _ := run(t, fetch.Options{Dir: dir}, fetch.Args("http://"+r.Host+"/fast/{1..20}.txt"))
			if sum.Fetched != 20 {
				t.Errorf("second job: %v", &sum)
			}
		}
		echo(w, r)
	})
	sum, _ := run(t, fetch.Options{Dir: dir}, fetch.Args(s.URL+"/slow/{1..20}.txt"))
	<-inside
	if got := files(t, dir); sum.Fetched != 20 || len(got) != 40 {
		t.Errorf("first job: %v, %d files", &sum, len(got))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, fetch.PartFolder+"*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// A large body goes from the socket to the file without passing through the
// process; a full disk must be told from a broken connection there too.
func TestRunStopsOnFullDiskWithinLargeBody(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	body := randomBytes(6, 4<<20)
	for _, etag := range []string{"", `"a"`} {
		s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			if etag != "" {
				w.Header().Set("ETag", etag)
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		}), t.TempDir()
		j, err := fetch.New(quick(dir))
		if err != nil {
			t.Fatal(err)
		}
		j.OnCreate(func(name string, flag int) (*os.File, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) })
		_, err = j.Run(t.Context(), urls(s.URL+"/f.bin"))
		var storeErr *fetch.StoreError
		if !errors.As(err, &storeErr) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), dir) {
			t.Errorf("etag %q: Run: %v, want a full disk", etag, err)
		}
		if got := files(t, dir); len(got) > 0 {
			t.Errorf("etag %q: files left: %q", etag, got)
		}
	}
}

func TestRunDoesNotInsistOnBadCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	dir := t.TempDir()
	sum, results := run(t, fetch.Options{Dir: dir, Concurrency: 1}, fetch.Args(s.URL+"/{1..100}"))
	if sum.Failed != 100 || sum.Requests > 10 {
		t.Errorf("%d failed after %d requests", sum.Failed, sum.Requests)
	}
	r := results[s.URL+"/1"]
	if cause := fetch.Cause(r.Err); r.Attempts != 1 || !strings.HasPrefix(cause, "tls: ") {
		t.Errorf("first: %d attempts, cause %q, error %v", r.Attempts, cause, r.Err)
	}
	last := results[s.URL+"/100"]
	if want := "host is down: " + fetch.Cause(r.Err); fetch.Cause(last.Err) != want || !errors.Is(last.Err, fetch.ErrHostDown) {
		t.Errorf("last: cause %q, want %q", fetch.Cause(last.Err), want)
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("files left: %q", got)
	}
}

func TestRunReportsFolderInTheWayOfFile(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, s.folder(), "b.txt", "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, s.folder(), "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sum, results := run(t, fetch.Options{Dir: dir, Overwrite: true}, urls(s.URL+"/b.txt", s.URL+"/file/a.txt", s.URL+"/c.txt"))
	if sum.Fetched != 1 || sum.Failed != 2 {
		t.Errorf("got %v", &sum)
	}
	for _, path := range []string{"/b.txt", "/file/a.txt"} {
		r := results[s.URL+path]
		var storeErr *fetch.StoreError
		if !errors.As(r.Err, &storeErr) || r.Attempts > 1 {
			t.Errorf("%s: %v after %d attempts", path, r.Err, r.Attempts)
		}
	}
}
