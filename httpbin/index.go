package httpbin

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed index.html
var indexSource string

// newIndex renders the page at "/" once.
func newIndex() http.Handler {
	var buf bytes.Buffer
	page := template.Must(template.New("index").Parse(indexSource))
	if err := page.Execute(&buf, index); err != nil {
		panic("httpbin: index: " + err.Error()) // the template is ours
	}
	body := buf.Bytes()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hdr := w.Header()
		hdr.Set("Content-Type", "text/html; charset=utf-8")
		hdr.Set("Content-Length", strconv.Itoa(len(body)))
		// The page has a style of its own and nothing else.
		hdr.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
		// Fails only if the client is gone, who cannot be told.
		_, _ = w.Write(body)
	})
}
