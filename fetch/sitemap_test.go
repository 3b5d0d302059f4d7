package fetch_test

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/fetch"
)

func TestSitemap(t *testing.T) {
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	urlset := func(locs ...string) string {
		var b strings.Builder
		b.WriteString(head + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for _, l := range locs {
			b.WriteString("<url><loc> " + l + "\n</loc><image:image><image:loc>http://i/</image:loc></image:image></url>")
		}
		return b.String() + "</urlset>"
	}
	var s *site
	s = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		index := func(locs ...string) {
			fmt.Fprint(w, head+"<sitemapindex>")
			for _, l := range locs {
				fmt.Fprintf(w, "<sitemap><loc>%s%s</loc></sitemap>", s.URL, l)
			}
			fmt.Fprint(w, "</sitemapindex>")
		}
		switch r.URL.Path {
		case "/a.xml":
			fmt.Fprint(w, urlset("http://h/1", "http://h/2?a=1&amp;b=2"))
		case "/b.xml.gz":
			zw := gzip.NewWriter(w)
			fmt.Fprint(zw, urlset("http://h/3"))
			zw.Close()
		case "/cut.xml":
			fmt.Fprint(w, urlset("http://h/4", "http://h/5")[:230])
		case "/page.html":
			fmt.Fprint(w, "<html></html>")
		case "/index.xml":
			index("/a.xml", "/b.xml.gz", "/missing.xml", "/cut.xml", "/page.html", "/a.xml")
		case "/loop.xml":
			index("/loop.xml")
		case "/many.xml":
			fmt.Fprint(w, head+"<urlset>"+strings.Repeat("<url><loc>http://h/</loc></url>", 50_001))
		case "/long.xml":
			fmt.Fprint(w, head+"<urlset><url><loc>http://h/"+strings.Repeat("a", 100_000))
		default:
			http.NotFound(w, r)
		}
	})
	session := aiohttp.NewSession()
	defer session.Close()
	tests := []struct {
		path string
		want []string
	}{
		{"/index.xml", []string{
			"http://h/1", "http://h/2?a=1&b=2", "http://h/3",
			"error: sitemap " + s.URL + "/missing.xml: status 404",
			"http://h/4", "http://h/5", "error: sitemap " + s.URL + "/cut.xml: XML syntax error on line 3: unexpected EOF",
			"error: sitemap " + s.URL + "/page.html: no sitemap: begins with <html>",
			"http://h/1", "http://h/2?a=1&b=2",
		}},
		{"/loop.xml", []string{"error: sitemap " + s.URL + "/loop.xml: more than 3 levels of indexes"}},
		{"/long.xml", []string{"error: sitemap " + s.URL + "/long.xml: an element of more than 64 KiB"}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			var got []string
			for it, err := range fetch.Sitemap(t.Context(), session, s.URL+tt.path) {
				if err != nil {
					got = append(got, "error: "+err.Error())
					if it.URL == "" || !strings.Contains(err.Error(), it.URL) {
						t.Errorf("the item of %v has the URL %q", err, it.URL)
					}
				} else {
					got = append(got, it.URL)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	n := 0
	var last error
	for _, err := range fetch.Sitemap(t.Context(), session, s.URL+"/many.xml") {
		if last = err; err == nil {
			n++
		}
	}
	if n != 50_000 || last == nil || !strings.Contains(last.Error(), "more than 50000 URLs") {
		t.Errorf("got %d URLs, then %v", n, last)
	}
}

// An index that lists itself, again and again, ends.
func TestSitemapOfItselfEnds(t *testing.T) {
	var s *site
	s = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<sitemapindex>", strings.Repeat("<sitemap><loc>"+s.URL+"/x</loc></sitemap>", 40_000), "</sitemapindex>")
	})
	session := aiohttp.NewSession()
	defer session.Close()
	n := 0
	var last error
	for _, err := range fetch.Sitemap(t.Context(), session, s.URL) {
		n++
		last = err
	}
	if n > 60_000 || last == nil || !strings.Contains(last.Error(), "more than 50000 sitemaps") {
		t.Errorf("%d errors, the last %v", n, last)
	}
}
