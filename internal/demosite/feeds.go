package demosite

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// base returns the address that the request was sent to, without the path. The
// files for machines name whole URLs.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// sitemap lists every document.
// https://www.sitemaps.org/protocol.html
func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) {
	var host bytes.Buffer
	// A buffer takes everything. The host comes from the client.
	_ = xml.EscapeText(&host, []byte(base(r)))

	var buf bytes.Buffer
	buf.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, path := range s.paths {
		fmt.Fprintf(&buf, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>\n",
			&host, path, s.pages[path].modified.Format("2006-01-02"))
	}
	buf.WriteString("</urlset>\n")
	write(w, "application/xml; charset=utf-8", buf.Bytes())
}

// robots lets everybody read everything.
//
// "If no match is found amongst the rules in a group for a matching user-agent
// or there are no rules in the group, the URI is allowed."
// https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2-2
func robots(w http.ResponseWriter, r *http.Request) {
	write(w, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow:\n\nSitemap: "+base(r)+"/sitemap.xml\n"))
}

// entry is what the real site's file says of a document, in part.
type entry struct {
	Number        int     `json:"number"`
	Title         string  `json:"title"`
	Authors       string  `json:"authors"`
	Status        string  `json:"status"`
	Type          string  `json:"type"`
	Created       string  `json:"created"`
	PythonVersion *string `json:"python_version"`
	URL           string  `json:"url"`
}

// api answers with all documents as JSON, keyed by number.
func (s *Site) api(w http.ResponseWriter, r *http.Request) {
	entries := make(map[string]entry, len(s.docs))
	for _, d := range s.docs {
		e := entry{
			Number: d.Number, Title: d.Title, Authors: strings.Join(d.Authors, ", "),
			Status: d.Status, Type: d.Type, Created: d.Created.Format(dateFormat),
			URL: base(r) + d.path(),
		}
		if d.Version != "" {
			e.PythonVersion = &d.Version
		}
		entries[strconv.Itoa(d.Number)] = e
	}
	body, err := json.MarshalIndent(entries, "", " ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, "application/json", append(body, '\n'))
}

func write(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// Fails only if the client is gone, who cannot be told, or for HEAD.
	_, _ = w.Write(body)
}
