package fetch_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/fetch"
)

const mib = 1 << 20

// A cutter serves a file and cuts its first answers short.
type cutter struct {
	mu       sync.Mutex
	cuts     []int // lengths of the first answers, where they end
	body     []byte
	etag     string
	ignore   bool // of Range
	status   int  // of a ranged answer, instead of the right one
	rangeHdr string
	kind     string // its Content-Type, of a body as long as asked for
	onCut    func()
	log      []string // Range and If-Range of each request
}

func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, strings.TrimSpace(r.Header.Get("Range")+" "+r.Header.Get("If-Range")))
	if c.etag != "" {
		w.Header().Set("ETag", c.etag)
	}
	if len(c.cuts) > 0 {
		from := 0
		if rg := r.Header.Get("Range"); rg != "" && !c.ignore {
			fmt.Sscanf(rg, "bytes=%d-", &from)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(c.body)-1, len(c.body)))
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(c.body)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		w.Write(c.body[from:c.cuts[0]])
		c.cuts = c.cuts[1:]
		if c.onCut != nil {
			w.(http.Flusher).Flush()
			c.onCut()
		}
		return
	}
	if r.Header.Get("Range") != "" && c.status != 0 {
		w.Header().Set("Content-Range", c.rangeHdr)
		wrong := []byte("wrong")
		if c.kind != "" {
			w.Header().Set("Content-Type", c.kind)
			wrong = make([]byte, len(c.body)-mib)
		}
		w.WriteHeader(c.status)
		w.Write(wrong)
		return
	}
	if c.ignore {
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.body))
}

func TestResume(t *testing.T) {
	body, other := randomBytes(1, 3<<20), randomBytes(2, 3<<20)
	tests := []struct {
		name    string
		site    *cutter
		change  []byte // the file is another one from the first cut on
		retries int
		log     []string
		resumed int64
	}{
		{
			name:    "by-range",
			site:    &cutter{etag: `"a"`, cuts: []int{mib}},
			log:     []string{"", `bytes=1048576- "a"`},
			resumed: mib,
		},
		{
			name:    "progress-counts-anew",
			site:    &cutter{etag: `"a"`, cuts: []int{mib / 2, 3 * mib / 2, 5 * mib / 2}},
			retries: 1,
			log:     []string{"", `bytes=524288- "a"`, `bytes=1572864- "a"`, `bytes=2621440- "a"`},
			resumed: 5 * mib / 2,
		},
		{
			name:   "file-has-changed",
			site:   &cutter{etag: `"a"`, cuts: []int{mib}},
			change: other,
			log:    []string{"", `bytes=1048576- "a"`},
		},
		{
			name: "server-ignores-range",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, ignore: true},
			log:  []string{"", `bytes=1048576- "a"`},
		},
		{
			name: "416",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 416, rangeHdr: "bytes */5"},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			name: "wrong-content-range",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 206, rangeHdr: "bytes 0-4/3145728"},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			// "If a 206 (Partial Content) response contains a Content-Range header field
			// with a range unit (Section 14.1) that the recipient does not understand,
			// the recipient MUST NOT attempt to recombine it with a stored
			// representation." https://www.rfc-editor.org/rfc/rfc9110#section-14.4-3
			name: "another-unit",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 206, rangeHdr: "seconds 1048576-3145727/3145728", kind: "text/plain"},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			// "The recipient of an invalid Content-Range MUST NOT attempt to recombine
			// the received content with a stored representation."
			// https://www.rfc-editor.org/rfc/rfc9110#section-14.4-10
			name: "range-of-more-than-there-is",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 206, rangeHdr: "bytes 1048576-18446744073709551615/3145728", kind: "text/plain"},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			// "A client MUST inspect a 206 response's Content-Type and Content-Range
			// field(s) to determine what parts are enclosed"
			// https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7-3
			name: "several-ranges",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 206, rangeHdr: "bytes 1048576-3145727/3145728", kind: "multipart/byteranges; boundary=b"},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			name: "no-content-range",
			site: &cutter{etag: `"a"`, cuts: []int{mib}, status: 206},
			log:  []string{"", `bytes=1048576- "a"`, ""},
		},
		{
			name: "weak-validator",
			site: &cutter{etag: `W/"a"`, cuts: []int{mib}},
			log:  []string{"", ""},
		},
		{
			name: "no-validator",
			site: &cutter{cuts: []int{mib}},
			log:  []string{"", ""},
		},
		{
			name: "cut-at-the-last-byte",
			site: &cutter{etag: `"a"`, cuts: []int{3*mib - 1}},
			log:  []string{"", `bytes=3145727- "a"`}, resumed: 3*mib - 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := body
			tt.site.body = body
			if tt.change != nil {
				want = tt.change
				tt.site.onCut = func() { tt.site.body, tt.site.etag = tt.change, `"b"` }
			}
			s, dir := newSite(t, tt.site.ServeHTTP), t.TempDir()
			o := quick(dir)
			o.Retries, o.SHA256 = tt.retries, true
			sum, results := run(t, o, urls(s.URL+"/f.bin"))
			r := results[s.URL+"/f.bin"]
			if r.Err != nil || sum.Fetched != 1 {
				t.Fatalf("failed: %v", r.Err)
			}
			if r.SHA256 != sum256(want) || r.Bytes != int64(len(want)) || read(t, dir, s.folder(), "f.bin") != string(want) {
				t.Errorf("wrong file of %d bytes", r.Bytes)
			}
			if diff := cmp.Diff(tt.log, tt.site.log); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if r.Resumed != tt.resumed || r.Attempts != len(tt.log) {
				t.Errorf("resumed %d bytes in %d attempts, want %d in %d", r.Resumed, r.Attempts, tt.resumed, len(tt.log))
			}
			if got, want := files(t, dir), []string{s.folder() + "/f.bin"}; !cmp.Equal(got, want) {
				t.Errorf("files %q, want %q", got, want)
			}
		})
	}
}

func TestResumeUsesLastModifiedOnlyIfStrong(t *testing.T) {
	// if-range: a date says less than an entity tag.
	body := randomBytes(3, 2<<20)
	for _, tt := range []struct {
		age  time.Duration
		want string
	}{{time.Hour, "bytes=1048576-"}, {time.Second, ""}} {
		modified := time.Now().Add(-tt.age)
		first, got := true, ""
		s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				w.Header().Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
				w.Write(body[:1<<20])
				return
			}
			got = r.Header.Get("Range")
			http.ServeContent(w, r, "", modified, bytes.NewReader(body))
		})
		sum, _ := run(t, quick(t.TempDir()), urls(s.URL+"/f.bin"))
		if sum.Fetched != 1 || got != tt.want {
			t.Errorf("age %v: range %q, want %q; %v", tt.age, got, tt.want, &sum)
		}
	}
}

// A stop keeps the part, and only the same request goes on with it.
func TestResumeInNextRun(t *testing.T) {
	body := randomBytes(4, 2<<20)
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	c := &cutter{etag: `"a"`, cuts: []int{1 << 20}, body: body, onCut: func() {
		for partSize(dir) < 1<<20 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}}
	s := newSite(t, c.ServeHTTP)
	if _, err := fetch.Run(ctx, quick(dir), urls(s.URL+"/f.bin")); err == nil {
		t.Fatal("Run was not interrupted")
	}
	if got := files(t, dir); len(got) != 2 || !strings.HasPrefix(got[0], fetch.PartFolder) {
		t.Fatalf("files after the stop: %q", got)
	}
	other := fetch.Lines(strings.NewReader(`{"url":"` + s.URL + `/f.bin?other","output":"` + s.folder() + `/f.bin"}`))
	o := quick(dir)
	o.Overwrite = true
	run(t, o, other)
	_, results := run(t, o, urls(s.URL+"/f.bin"))
	if r := results[s.URL+"/f.bin"]; r.Err != nil {
		t.Error(r.Err)
	}
	if diff := cmp.Diff([]string{"", "", ""}, c.log); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
