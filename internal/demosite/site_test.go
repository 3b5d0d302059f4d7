package demosite_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/demosite"
	"github.com/google/go-cmp/cmp"
)

// get answers one request in memory.
func get(s *demosite.Site, path string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	return rec
}

func TestSiteHasHundredsOfPages(t *testing.T) {
	site := demosite.New(demosite.Options{Steady: true})
	paths := site.Pages()
	if len(paths) != 400 {
		t.Errorf("%d pages, want 400", len(paths))
	}
	if !slices.IsSorted(paths) || len(slices.Compact(slices.Clone(paths))) != len(paths) {
		t.Error("paths are not in order, or repeat")
	}
	for _, want := range []string{"/pep-0008/", "/pep-8010/", "/pep-8015/", site.Flaky()} {
		if !slices.Contains(paths, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, path := range paths {
		rec := get(site, path)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: status = %d", path, rec.Code)
		}
		sum, ok := site.Digest(path)
		if !ok || sha256.Sum256(rec.Body.Bytes()) != sum {
			t.Errorf("%s: body does not have its digest", path)
		}
	}
}

// The page of a number may change with the vocabulary, but not by itself.
func TestSitePageIsTheSameInEveryProcess(t *testing.T) {
	sum, ok := demosite.New(demosite.Options{}).Digest("/pep-8010/")
	if !ok {
		t.Fatal("no page")
	}
	const want = "418eae33b42760e3"
	if got := hex.EncodeToString(sum[:8]); got != want {
		t.Errorf("digest = %s, want %s", got, want)
	}
	again, _ := demosite.New(demosite.Options{}).Digest("/pep-8010/")
	if again != sum {
		t.Error("two sites differ")
	}
	if other, _ := demosite.New(demosite.Options{}).Digest("/pep-8011/"); other == sum {
		t.Error("two pages are the same")
	}
}

func TestSiteSizesAreSpreadAsOnARealSite(t *testing.T) {
	site := demosite.New(demosite.Options{Steady: true})
	var sizes []int
	for _, path := range site.Pages() {
		sizes = append(sizes, get(site, path).Body.Len())
	}
	slices.Sort(sizes)
	smallest, median, largest := sizes[0], sizes[len(sizes)/2], sizes[len(sizes)-1]
	t.Logf("smallest %d, median %d, largest %d", smallest, median, largest)
	if smallest < 4<<10 || largest > 120<<10 {
		t.Errorf("sizes from %d to %d, want within 4 and 120 KiB", smallest, largest)
	}
	if median < 14<<10 || median > 24<<10 {
		t.Errorf("median size = %d, want about 18 KiB", median)
	}
	if largest < 70<<10 {
		t.Errorf("largest size = %d: no long tail", largest)
	}
}

func TestSiteLatencyIsSpreadAsOnARealSite(t *testing.T) {
	site := demosite.New(demosite.Options{Latency: 1})
	var waits []time.Duration
	for _, path := range site.Pages() {
		waits = append(waits, site.Latency(path))
	}
	slices.Sort(waits)
	shortest, median, longest := waits[0], waits[len(waits)/2], waits[len(waits)-1]
	t.Logf("shortest %v, median %v, longest %v", shortest, median, longest)
	if shortest < 30*time.Millisecond || longest > 400*time.Millisecond {
		t.Errorf("from %v to %v, want within 30 and 400 ms", shortest, longest)
	}
	if median < 65*time.Millisecond || median > 95*time.Millisecond {
		t.Errorf("median = %v, want about 80 ms", median)
	}
	if longest < 200*time.Millisecond {
		t.Errorf("longest = %v: no long tail", longest)
	}
}

func TestSiteWaitsItsLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := demosite.New(demosite.Options{Latency: 1})
		tenth := demosite.New(demosite.Options{Latency: 0.1})
		none := demosite.New(demosite.Options{})
		for _, site := range []*demosite.Site{whole, tenth, none} {
			start := time.Now()
			get(site, "/pep-8010/")
			if got, want := time.Since(start), site.Latency("/pep-8010/"); got != want {
				t.Errorf("took %v, want %v", got, want)
			}
		}
		if ratio := whole.Latency("/pep-8010/") / tenth.Latency("/pep-8010/"); ratio < 9 || ratio > 10 {
			t.Errorf("ratio = %d, want 10", ratio)
		}
	})
}

func TestSiteLinksLeadToPages(t *testing.T) {
	site := demosite.New(demosite.Options{Steady: true})
	known := append(site.Pages(), "/")
	link := regexp.MustCompile(`href="(/[^"]*)"`)
	for _, from := range []string{"/", "/pep-0008/", "/pep-8010/"} {
		for _, match := range link.FindAllStringSubmatch(get(site, from).Body.String(), -1) {
			if !slices.Contains(known, match[1]) {
				t.Errorf("%s links to %s", from, match[1])
			}
		}
	}
}

func TestSitePageIsWellFormed(t *testing.T) {
	unfilled := regexp.MustCompile(`%[nsavdp]\b`)
	site := demosite.New(demosite.Options{Steady: true})
	for _, path := range site.Pages()[:50] {
		page := get(site, path).Body.String()
		for _, tag := range []string{"section", "ul", "li", "dl", "dt", "dd", "pre", "code", "a", "h1", "h2", "h3", "p", "nav", "footer", "header"} {
			opened := len(regexp.MustCompile(`<`+tag+`[ >]`).FindAllString(page, -1))
			if closed := strings.Count(page, "</"+tag+">"); opened != closed {
				t.Errorf("%s: <%s> opened %d and closed %d times", path, tag, opened, closed)
			}
		}
		for _, match := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !strings.Contains(page, `id="`+match[1]+`"`) {
				t.Errorf("%s: no anchor %s", path, match[1])
			}
		}
		if form := unfilled.FindString(page); form != "" {
			t.Errorf("%s: %s is not filled in", path, form)
		}
	}
}

func TestSiteIndexLinksToAllPages(t *testing.T) {
	site := demosite.New(demosite.Options{})
	index := get(site, "/").Body.String()
	for _, path := range site.Pages() {
		if !strings.Contains(index, `href="`+path+`"`) {
			t.Errorf("no link to %s", path)
		}
	}
}

func TestSiteSitemapListsAllPages(t *testing.T) {
	site := demosite.New(demosite.Options{})
	var set struct {
		URLs []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(get(site, "/sitemap.xml").Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, u := range set.URLs {
		got = append(got, u.Loc)
		if _, err := time.Parse(time.DateOnly, u.LastMod); err != nil {
			t.Errorf("%s: %v", u.Loc, err)
		}
	}
	for _, path := range site.Pages() {
		want = append(want, "http://example.com"+path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if robots := get(site, "/robots.txt").Body.String(); !strings.Contains(robots, "Sitemap: http://example.com/sitemap.xml\n") {
		t.Errorf("robots.txt does not name the sitemap:\n%s", robots)
	}
}

func TestSiteAPIListsAllPages(t *testing.T) {
	site := demosite.New(demosite.Options{})
	var entries map[string]struct {
		Number int
		Title  string
		URL    string
	}
	if err := json.Unmarshal(get(site, "/api/peps.json").Body.Bytes(), &entries); err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(site.Pages()) {
		t.Errorf("%d entries, want %d", len(entries), len(site.Pages()))
	}
	e := entries["8010"]
	if e.Number != 8010 || e.Title == "" || e.URL != "http://example.com/pep-8010/" {
		t.Errorf("entry = %+v", e)
	}
	if page := get(site, "/pep-8010/").Body.String(); !strings.Contains(page, "<h1>PEP 8010 – "+e.Title+"</h1>") {
		t.Errorf("the page does not have the title %q", e.Title)
	}
}

func TestSiteServesRangesAndValidators(t *testing.T) {
	site := demosite.New(demosite.Options{})
	whole := get(site, "/pep-8010/")
	etag, modified := whole.Header().Get("ETag"), whole.Header().Get("Last-Modified")
	if etag == "" || modified == "" {
		t.Fatalf("ETag = %q, Last-Modified = %q", etag, modified)
	}
	part := get(site, "/pep-8010/", "Range", "bytes=1000-", "If-Range", etag)
	if part.Code != http.StatusPartialContent || part.Body.String() != whole.Body.String()[1000:] {
		t.Errorf("range: status %d, %d bytes", part.Code, part.Body.Len())
	}
	for name, value := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
		if rec := get(site, "/pep-8010/", name, value); rec.Code != http.StatusNotModified {
			t.Errorf("%s: status = %d, want 304", name, rec.Code)
		}
	}
}

func TestSiteFaults(t *testing.T) {
	site := demosite.New(demosite.Options{})
	for _, path := range site.Redirects() {
		rec := get(site, path)
		if got, want := rec.Header().Get("Location"), strings.TrimPrefix(path, "/dev/peps"); rec.Code != 301 || got != want {
			t.Errorf("%s: %d to %s, want 301 to %s", path, rec.Code, got, want)
		}
	}
	if rec := get(site, "/pep-8010"); rec.Code != 301 || rec.Header().Get("Location") != "/pep-8010/" {
		t.Errorf("no slash: %d to %s", rec.Code, rec.Header().Get("Location"))
	}
	if rec := get(site, site.Missing()); rec.Code != 404 {
		t.Errorf("missing: status = %d, want 404", rec.Code)
	}
	if _, ok := site.Digest(site.Missing()); ok || slices.Contains(site.Pages(), site.Missing()) {
		t.Error("the missing page is one of the pages")
	}
	first, second := get(site, site.Flaky()), get(site, site.Flaky())
	if first.Code != 503 || first.Header().Get("Retry-After") != "1" || second.Code != 200 {
		t.Errorf("flaky: %d, Retry-After %q, then %d", first.Code, first.Header().Get("Retry-After"), second.Code)
	}
	if rec := get(demosite.New(demosite.Options{Steady: true}), site.Flaky()); rec.Code != 200 {
		t.Errorf("steady: status = %d, want 200", rec.Code)
	}
	req := httptest.NewRequest("POST", "/", nil)
	rec := httptest.NewRecorder()
	site.Handler().ServeHTTP(rec, req)
	if rec.Code != 405 || rec.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", rec.Code, rec.Header().Get("Allow"))
	}
}

func TestSiteCompressesTheIndexIfAsked(t *testing.T) {
	site := demosite.New(demosite.Options{})
	plain := get(site, "/")
	zipped := get(site, "/", "Accept-Encoding", "gzip, br")
	if got := zipped.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding = %q", got)
	}
	if plain.Header().Get("ETag") == zipped.Header().Get("ETag") {
		t.Error("two representations share an ETag")
	}
	zr, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zr)
	if err != nil || string(text) != plain.Body.String() {
		t.Errorf("decompressed to %d bytes, %v; want %d", len(text), err, plain.Body.Len())
	}
	if got := get(site, "/pep-8010/", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"); got != "" {
		t.Errorf("a page has Content-Encoding %q", got)
	}
	part := get(site, "/", "Accept-Encoding", "gzip", "Range", "bytes=0-9")
	if part.Code != http.StatusPartialContent || part.Header().Get("Content-Length") != "10" || part.Body.Len() != 10 {
		t.Errorf("range of it: %d, %v, %d bytes", part.Code, part.Header(), part.Body.Len())
	}
}

func TestAcceptsGzip(t *testing.T) {
	tests := []struct {
		value string
		want  bool
	}{
		{"", false},
		{"gzip", true},
		{"GZip", true},
		{"br, gzip;q=0.5", true},
		{"gzip;q=0", false},
		{"gzip; Q = 0.000", false},
		{"gzip;q=x", false},
		{"*", true},
		{"*;q=0", false},
		{"gzip;q=0, *", false},
		{"identity", false},
	}
	for _, tt := range tests {
		if got := demosite.AcceptsGzip([]string{tt.value}); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.value, got, tt.want)
		}
	}
}

func FuzzAcceptsGzip(f *testing.F) {
	f.Add("gzip, br;q=0.5")
	f.Add("*;q=0,;;==")
	f.Fuzz(func(t *testing.T, value string) {
		if demosite.AcceptsGzip([]string{value}) && !strings.ContainsAny(value, "zZ*") {
			t.Errorf("%q is taken for gzip", value)
		}
	})
}
