package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/fetch"
)

func TestRunWritesEachFileOnce(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	list := []string{s.URL + "/", s.URL + "/a", s.URL + "/a/b.html", s.URL + "/A", s.URL + "/a?x=1", s.URL + "/a"}
	sum, results := run(t, fetch.Options{Dir: dir}, urls(list...))
	if sum.Fetched != 5 || sum.Skipped != 1 || sum.Failed != 0 {
		t.Errorf("got %v", &sum)
	}
	for _, u := range list {
		r := results[u]
		want := strings.TrimPrefix(u, s.URL)
		want, _, _ = strings.Cut(want, "?")
		if got := read(t, dir, strings.TrimPrefix(r.File, dir)); got != want {
			t.Errorf("%s: file %s holds %q", u, r.File, got)
		}
	}
	if got := s.count("/a"); got != 1 {
		t.Errorf("/a was asked for %d times", got)
	}
	if got := len(files(t, dir)); got != 5 {
		t.Errorf("files: %q", files(t, dir))
	}
}

// A folder where a file should be is no file that is there already.
func TestRunTakesNoFolderForAFile(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		s, dir := newSite(t, echo), t.TempDir()
		list := fetch.Lines(strings.NewReader(`{"url":"` + s.URL + `/a","output":"d/a/x"}` + "\n" + `{"url":"` + s.URL + `/b","output":"d/a"}`))
		sum, results := run(t, fetch.Options{Dir: dir, Concurrency: 1, Overwrite: overwrite}, list)
		if got := results[s.URL+"/b"].Err; sum.Fetched != 1 || sum.Failed != 1 || !errors.Is(got, syscall.EISDIR) {
			t.Errorf("overwrite %v: %v, error %v", overwrite, &sum, got)
		}
	}
}

func TestRunSkipsWhatIsThere(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	list := urls(s.URL+"/a.txt", s.URL+"/b.txt")
	run(t, fetch.Options{Dir: dir}, list)
	sum, results := run(t, fetch.Options{Dir: dir}, list)
	if sum.Skipped != 2 || sum.Requests != 0 || results[s.URL+"/a.txt"].Skipped != fetch.Exists {
		t.Errorf("second run: %v", &sum)
	}
	sum, _ = run(t, fetch.Options{Dir: dir, Overwrite: true}, list)
	if sum.Fetched != 2 || s.count("/a.txt") != 2 {
		t.Errorf("with Overwrite: %v", &sum)
	}
}

func TestRunFetchesDuplicateOnceWithOverwrite(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	sum, _ := run(t, fetch.Options{Dir: dir, Overwrite: true, Concurrency: 1}, urls(s.URL+"/a", s.URL+"/a", s.URL+"/a#x"))
	if sum.Fetched != 1 || sum.Skipped != 2 || s.count("/a") != 1 {
		t.Errorf("got %v, %d requests", &sum, s.count("/a"))
	}
}

func TestRunNamesInvalidItems(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	list := "\uFEFF# comment\r\n\r\n" + s.URL + "/a\r\n" + "ftp://x/y\nexample.com/a\nlocalhost:80/x\nhttp://\nhttp://u:secret@[::1/\n" +
		`{"url":"` + s.URL + `/b","output":"../b"}` + "\n" + `{"url":` + "\n" + s.URL + "/c"
	var bad []string
	o := fetch.Options{Dir: dir, OnResult: func(r fetch.Result) error {
		if r.Err != nil {
			bad = append(bad, r.Err.Error())
		}
		return nil
	}}
	sum, err := fetch.Run(t.Context(), o, fetch.Lines(strings.NewReader(list)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`line 4: url "ftp://x/y": scheme "ftp" is neither http nor https`,
		`line 5: url "example.com/a": does not begin with http:// or https://`,
		`line 6: url "localhost:80/x": does not begin with http:// or https://`,
		`line 7: url "http://": no host`,
		`line 8: url "http://xxxxx@[::1/": missing ']' in host`,
		`line 9: output "../b": leads out of the output folder`,
		`line 10: json: unexpected EOF`,
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if got, want := files(t, dir), []string{s.folder() + "/a.body", s.folder() + "/c.body"}; !cmp.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if sum.Fetched != 2 || sum.Failed != 7 {
		t.Errorf("got %v", &sum)
	}
}

func TestRunLeavesNothingOfFailures(t *testing.T) {
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			echo(w, r)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("half"))
		case "/garbage":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Write([]byte("\x00\x01 no HTTP\r\n\r\n"))
			c.Close()
		case "/close":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		default:
			http.NotFound(w, r)
		}
	}), t.TempDir()
	sum, results := run(t, quick(dir), urls(s.URL+"/cut", s.URL+"/garbage", s.URL+"/close", s.URL+"/deep/er/404",
		s.URL+"/good", "http://nosuchhost.invalid/"))
	if got, want := files(t, dir), []string{s.folder() + "/good.body"}; !cmp.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, fetch.PartFolder)); err == nil {
		t.Errorf("%s is left", fetch.PartFolder)
	}
	if sum.Fetched != 1 || sum.Failed != 5 {
		t.Errorf("got %v", &sum)
	}
	wantAttempts := map[string]int{"/cut": 4, "/deep/er/404": 1, "/good": 1}
	for path, want := range wantAttempts {
		if got := results[s.URL+path].Attempts; got != want {
			t.Errorf("%s: %d attempts, want %d", path, got, want)
		}
	}
	if c := fetch.Cause(results["http://nosuchhost.invalid/"].Err); !strings.Contains(c, "host") && !strings.Contains(c, "name server") {
		t.Errorf("cause of an unknown host: %q", c)
	}
	if c := fetch.Cause(results[s.URL+"/cut"].Err); !strings.Contains(c, "cut short") {
		t.Errorf("cause of a short body: %q", c)
	}
}

func TestRunStopsOnFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	s, dir := newSite(t, echo), t.TempDir()
	j, err := fetch.New(fetch.Options{Dir: dir, Concurrency: 2})
	if err != nil {
		t.Fatal(err)
	}
	j.OnCreate(func(string, int) (*os.File, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) })
	sum, err := j.Run(t.Context(), fetch.Args(s.URL+"/{1..100000}"))
	var storeErr *fetch.StoreError
	if !errors.As(err, &storeErr) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Run: %v, want a full disk", err)
	}
	if sum.Requests > 10 || !sum.Stopped {
		t.Errorf("went on after the disk was full: %v", &sum)
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("files left: %q", got)
	}
}

func TestRunRefusesFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), "/proc/nothing"} {
		_, err := fetch.Run(t.Context(), fetch.Options{Dir: dir}, urls("http://localhost/"))
		var storeErr *fetch.StoreError
		if !errors.As(err, &storeErr) || !strings.Contains(err.Error(), dir) {
			t.Errorf("Run into %s: %v", dir, err)
		}
	}
}

func TestRunFollowsNoLinkOutOfTheFolder(t *testing.T) {
	s, dir, outside := newSite(t, echo), t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, s.folder())); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "victim"), []byte("safe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "victim"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	o := fetch.Options{Dir: dir, Overwrite: true}
	items := fetch.Chain(urls(s.URL+"/a"), fetch.Lines(strings.NewReader(`{"url":"`+s.URL+`/b","output":"link"}`)))
	sum, results := run(t, o, items)
	if sum.Failed != 1 || results[s.URL+"/a"].Err == nil {
		t.Errorf("wrote through a link: %v", &sum)
	}
	if got := files(t, outside); !cmp.Equal(got, []string{"victim"}) || read(t, outside, "victim") != "safe" {
		t.Errorf("outside the folder: %q", got)
	}
	if got := read(t, dir, "link"); got != "/b" {
		t.Errorf("link holds %q, want it replaced by the file", got)
	}
}

func TestRunRefusesSecondItemWithSameOutput(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	list := `{"url":"` + s.URL + `/a","output":"x.txt"}
{"url":"` + s.URL + `/b","output":"X.txt"}
{"url":"` + s.URL + `/a","output":"x.txt"}`
	sum, results := run(t, fetch.Options{Dir: dir, Concurrency: 1}, fetch.Lines(strings.NewReader(list)))
	if err := results[s.URL+"/b"].Err; !errors.Is(err, fetch.ErrNameTaken) || !strings.Contains(err.Error(), "by item 1") {
		t.Errorf("second item: %v", err)
	}
	if sum.Fetched != 1 || sum.Skipped != 1 || sum.Failed != 1 || read(t, dir, "x.txt") != "/a" {
		t.Errorf("got %v", &sum)
	}
}

func TestRunChecksSize(t *testing.T) {
	body := randomBytes(1, 3<<20)
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/chunked" {
			w.(http.Flusher).Flush()
		}
		w.Write(body)
	}), t.TempDir()
	o := quick(dir)
	o.MaxBytes = 1 << 20
	_, results := run(t, o, urls(s.URL+"/known", s.URL+"/chunked"))
	for u, r := range results {
		if !errors.Is(r.Err, fetch.ErrTooLarge) || r.Attempts != 1 {
			t.Errorf("%s: %v after %d attempts", u, r.Err, r.Attempts)
		}
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("files left: %q", got)
	}
}

func TestRunChecksSum(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	list := `{"url":"` + s.URL + `/a","sha256":"` + sum256([]byte("/a")) + `"}
{"url":"` + s.URL + `/b","sha256":"` + sum256([]byte("/a")) + `"}`
	_, results := run(t, quick(dir), fetch.Lines(strings.NewReader(list)))
	if r := results[s.URL+"/a"]; r.Err != nil || r.SHA256 != sum256([]byte("/a")) {
		t.Errorf("right sum: %v %q", r.Err, r.SHA256)
	}
	if r := results[s.URL+"/b"]; !errors.Is(r.Err, fetch.ErrChecksum) {
		t.Errorf("wrong sum: %v", r.Err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files: %q", got)
	}
}

func TestRunSendsItemAsGiven(t *testing.T) {
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 100)
		n, _ := r.Body.Read(b)
		w.Write([]byte(r.Method + " " + r.Header.Get("X-A") + " " + r.Header.Get("Content-Type") + " " + string(b[:n])))
	}), t.TempDir()
	list := `{"url":"` + s.URL + `/p","method":"POST","headers":{"X-A":"1"},"body":{"k":[1]},"output":"d/p.txt","meta":{"id":7}}`
	_, results := run(t, fetch.Options{Dir: dir}, fetch.Lines(strings.NewReader(list)))
	r := results[s.URL+"/p"]
	if r.Err != nil || string(r.Meta) != `{"id":7}` || r.Line != 1 {
		t.Fatalf("got %+v", r)
	}
	if got, want := read(t, dir, "d", "p.txt"), `POST 1 application/json {"k":[1]}`; got != want {
		t.Errorf("server got %q, want %q", got, want)
	}
}

func TestRunUsesSessionThatRaises(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	session := aiohttp.NewSession(aiohttp.Options{RaiseForStatus: true})
	defer session.Close()
	o := quick(t.TempDir())
	o.Session = session
	_, results := run(t, o, urls(s.URL+"/a"))
	r := results[s.URL+"/a"]
	if got := fetch.Cause(r.Err); got != "status 404" || r.Status != 404 || r.Attempts != 1 {
		t.Errorf("cause %q, status %d after %d attempts", got, r.Status, r.Attempts)
	}
}

func TestDrainEndsWhatIsInFlight(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-release
		echo(w, r)
	}), t.TempDir()
	j, err := fetch.New(fetch.Options{Dir: dir, Concurrency: 2})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-began
		<-began
		for j.Snapshot().Queued == 0 { // the list is read beside the downloads
			runtime.Gosched()
		}
		if snap := j.Snapshot(); len(snap.Transfers) != 2 || snap.InFlight != 2 {
			t.Errorf("snapshot %+v", snap)
		}
		j.Drain()
		close(release)
	}()
	sum, err := j.Run(t.Context(), fetch.Args(s.URL+"/{1..1000}"))
	if err != nil || sum.Fetched != 2 || !sum.Stopped || sum.Left == 0 {
		t.Errorf("Run: %v, %v", &sum, err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("files: %q", got)
	}
	if snap := j.Snapshot(); !snap.Stopping || snap.Fetched != 2 {
		t.Errorf("snapshot after Run: %+v", snap)
	}
}

func TestCancelAbandonsWhatIsInFlight(t *testing.T) {
	began := make(chan struct{}, 100)
	s, dir := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		began <- struct{}{}
		<-r.Context().Done()
	}), t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted")
	go func() {
		<-began
		cancel(interrupted)
	}()
	sum, err := fetch.Run(ctx, fetch.Options{Dir: dir, Concurrency: 2}, fetch.Args(s.URL+"/{1..1000}"))
	if !errors.Is(err, interrupted) || sum.Fetched != 0 || sum.Failed != 0 || sum.Left == 0 {
		t.Errorf("Run: %v, %v", &sum, err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files left: %q", got)
	}
}

func TestRunDoesNotWaitForListAfterStop(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	j, err := fetch.New(fetch.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	unblock := make(chan struct{})
	t.Cleanup(func() { close(unblock) })
	_, err = j.Run(t.Context(), func(yield func(fetch.Item, error) bool) {
		yield(fetch.Item{URL: s.URL + "/a"}, nil)
		j.Drain()
		<-unblock
	})
	if err != nil {
		t.Error(err)
	}
}

func TestOnResultErrorEndsJob(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	full := errors.New("full")
	o := fetch.Options{Dir: dir, Concurrency: 1, OnResult: func(fetch.Result) error { return full }}
	sum, err := fetch.Run(t.Context(), o, fetch.Args(s.URL+"/{1..1000}"))
	if !errors.Is(err, full) || sum.Fetched > 2 {
		t.Errorf("Run: %v, %v", &sum, err)
	}
}
