package fetch_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
)

func TestResultWriterWritesOneLineEach(t *testing.T) {
	var b bytes.Buffer
	w := fetch.NewResultWriter(&b)
	results := []fetch.Result{
		{
			Line: 3, URL: "http://u:secret@h/a?b&c", FinalURL: "http://h/a", Status: 200, Bytes: 4096, Resumed: 1000, SHA256: "ab",
			File: "out/h/a", Attempts: 2, Elapsed: 10 * time.Millisecond, Meta: []byte(`{"id": 7}`),
			Started: time.Date(2026, 11, 22, 19, 0, 0, 5e6, time.UTC),
			Timings: connector.Timings{Connect: time.Millisecond, Send: 123456 * time.Nanosecond, Wait: 8 * time.Millisecond},
		},
		{URL: "http://h/b", Skipped: fetch.Exists, File: "out/h/b"},
		{Line: 5, Err: &fetch.LineError{Line: 5, Err: errors.New("bad\nline")}},
	}
	for _, r := range results {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{"line":3,"url":"http://u:xxxxx@h/a?b&c","final_url":"http://h/a","status":200,"bytes":4096,"resumed_bytes":1000,"sha256":"ab","file":"out/h/a","attempts":2,"time":"2026-11-22T19:00:00.005Z","phases_ms":{"connect":1,"send":0.123,"wait":8,"receive":0,"total":10},"meta":{"id":7}}
{"url":"http://h/b","bytes":0,"file":"out/h/b","attempts":0,"skipped":"exists"}
{"line":5,"bytes":0,"attempts":0,"error":"line 5: bad\nline","cause":"list: bad\nline"}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := w.Write(fetch.Result{}); err == nil {
		t.Error("Write after Close gives no error")
	}
	if err := w.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestOpenResultsRepairsLastLine(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, tt := range []struct{ before, kept string }{
		{"", ""}, {"{}\n", "{}\n"}, {"{}\n{\"half", "{}\n"}, {"half", ""}, {"{}\n" + long, "{}\n"}, {long, ""},
	} {
		path := filepath.Join(t.TempDir(), "results")
		if err := os.WriteFile(path, []byte(tt.before), 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := fetch.OpenResults(path)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(fetch.Result{URL: "u"})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, want := read(t, path), tt.kept+`{"url":"u","bytes":0,"attempts":0}`+"\n"; got != want {
			t.Errorf("after %.20q: got %q, want %q", tt.before, got, want)
		}
	}
}

// A safeBuffer may be read while a timer writes to it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Len()
}

func TestResultWriterFlushesEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b safeBuffer
		w := fetch.NewResultWriter(&b)
		for i := range 3 {
			before := b.len()
			w.Write(fetch.Result{URL: "u"})
			time.Sleep(time.Second - time.Nanosecond)
			synctest.Wait()
			if b.len() != before {
				t.Errorf("line %d was written before its second", i)
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if b.len() == before {
				t.Errorf("line %d was not written within a second", i)
			}
		}
		w.Close()
	})
}

func TestResultWriterKeepsItsError(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	w := fetch.NewResultWriter(f)
	var first error
	for i := 0; first == nil && i < 10_000; i++ {
		first = w.Write(fetch.Result{URL: "http://h/"})
	}
	if second := w.Close(); first == nil || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("Write: %v, Close: %v", first, second)
	}
}

func TestSummaryGroupsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: 4 * time.Millisecond}
		s.answer = func(it fetch.Item, _ int) (int, string, error) {
			switch it.URL[len(it.URL)-1] {
			case '1', '2', '3':
				return 404, "", nil
			case '4':
				return 0, "", &connector.Error{Phase: connector.PhasePrepare, Host: "h" + it.URL, Err: errors.New("bad field")}
			}
			return 200, "", nil
		}
		sum := simulate(t, s, fetch.Options{Concurrency: 2, PerHost: 2}, heads("http://h/{0..9}", "ftp://h/", "{"))
		if sum.Fetched != 6 || sum.Failed != 6 || sum.Statuses[200] != 6 || sum.Statuses[404] != 3 || sum.Requests != 10 {
			t.Errorf("got %v", &sum)
		}
		if sum.Elapsed != 20*time.Millisecond {
			t.Errorf("elapsed %v", sum.Elapsed)
		}
		got := make(map[string]int64)
		for _, c := range sum.Causes {
			got[c.Cause] = c.Count
		}
		want := map[string]int64{"status 404": 3, "prepare: bad field": 1, "invalid URL": 1, "invalid pattern": 1}
		if diff := cmp.Diff(want, got); diff != "" || sum.Causes[0].Example.URL != "http://h/1" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
		if text := sum.String(); !strings.Contains(text, "6 fetched, 0 skipped, 6 failed; ") || !strings.Contains(text, "3 x status 404, e.g. http://h/1\n") {
			t.Errorf("String gives\n%s", text)
		}
	})
}

func TestLatency(t *testing.T) {
	sum, _ := run(t, fetch.Options{Dir: t.TempDir()}, fetch.Args(newSite(t, echo).URL+"/{1..50}"))
	l := sum.Latency
	if l.Count() != 50 || l.Percentile(50) > l.Percentile(99) || l.Max() < l.Percentile(99) || l.Mean() <= 0 {
		t.Errorf("count %d, 50%% %v, 99%% %v, max %v", l.Count(), l.Percentile(50), l.Percentile(99), l.Max())
	}
	var n int64
	buckets := l.Buckets()
	for i, b := range buckets {
		n += b.Count
		if b.To != 2*b.From || i > 0 && b.From != buckets[i-1].To {
			t.Errorf("bucket %d is %v to %v", i, b.From, b.To)
		}
	}
	if n != 50 || buckets[0].Count == 0 || buckets[len(buckets)-1].Count == 0 {
		t.Errorf("buckets %v", buckets)
	}
	if sum.Sequential < l.Mean()*45 {
		t.Errorf("sequential time %v, mean %v", sum.Sequential, l.Mean())
	}
}

// CVE-2024-6104: what is shown and written of an item holds no password and no
// key; the URL that names it in the results keeps its query.
func TestSummaryAndResultsShowNoSecrets(t *testing.T) {
	const hush = "hunter2"
	r := fetch.Result{
		Line: 1, URL: "https://" + hush + "@a.test/x?id=7", FinalURL: "https://u:" + hush + "@b.test/?X-Amz-Signature=" + hush + "#access_token=" + hush,
		Err: errors.New("cut"), Attempts: 1,
	}
	var lines strings.Builder
	w := fetch.NewResultWriter(&lines)
	if err := errors.Join(w.Write(r), w.Close()); err != nil {
		t.Fatal(err)
	}
	r.URL = "https://a.test/?token=" + hush
	summary := fetch.Summary{Causes: []fetch.CauseCount{{Cause: "cut", Count: 1, Example: r}}}
	for _, text := range []string{lines.String(), summary.String()} {
		if strings.Contains(text, hush) || !strings.Contains(text, "a.test/") {
			t.Errorf("got %s", text)
		}
	}
	if !strings.Contains(lines.String(), `a.test/x?id=7"`) {
		t.Errorf("the item is not named: %s", lines.String())
	}
}
