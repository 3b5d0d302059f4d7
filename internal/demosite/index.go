package demosite

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// newIndex returns the page that links to all documents. It is the one that is
// compressed for a client that takes gzip.
func newIndex(docs []document) http.Handler {
	plain := sync.OnceValue(func() []byte { return renderIndex(docs) })
	zipped := sync.OnceValue(func() []byte { return compress(plain()) })
	modified := time.Date(2024, time.January, 8, 12, 0, 0, 0, time.UTC)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, etag := plain, `"index"`
		w.Header().Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			// "A "strong validator" is representation metadata that changes
			// value whenever a change occurs to the representation data", and
			// that is the coded one.
			// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1-2
			body, etag = zipped, `"index-gzip"`
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Length", strconv.Itoa(len(body())))
		}
		w.Header().Set("ETag", etag)
		serveContent(w, r, "text/html; charset=utf-8", modified, body())
	})
}

func renderIndex(docs []document) []byte {
	w := &writer{}
	w.add(pageStart("Index of PEPs"), "<header>A site to download</header>\n<h1>Index of PEPs</h1>\n",
		"<p>", strconv.Itoa(len(docs)), " invented documents.</p>\n")
	for _, kind := range []string{"Process", "Informational", "Standards Track"} {
		w.add("<h2>", kind, "</h2>\n<table>\n<tr><th>PEP</th><th>Title</th><th>Authors</th><th>Status</th></tr>\n")
		for _, d := range docs {
			if d.Type != kind {
				continue
			}
			link := `<a href="` + d.path() + `">`
			w.add("<tr><td>", link, strconv.Itoa(d.Number), "</a></td><td>", link, d.Title, "</a></td><td>",
				strings.Join(d.Authors, ", "), "</td><td>", d.Status, "</td></tr>\n")
		}
		w.add("</table>\n")
	}
	w.add("</html>\n")
	return w.buf
}

func compress(body []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	// A buffer takes everything.
	_, _ = zw.Write(body)
	_ = zw.Close()
	return buf.Bytes()
}

// acceptsGzip reports whether the values of Accept-Encoding name gzip, or
// anything, without a weight of zero.
//
// "If the representation's content coding is one of the content codings listed
// in the Accept-Encoding field value, then it is acceptable unless it is
// accompanied by a qvalue of 0."
// https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3-10.3
func acceptsGzip(values []string) bool {
	star := false
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		coding, params, _ := strings.Cut(item, ";")
		accepted := true
		if name, weight, ok := strings.Cut(params, "="); ok && strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			accepted = err == nil && q > 0
		}
		switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
		case "gzip", "x-gzip":
			return accepted
		case "*":
			star = accepted
		}
	}
	return star
}
