package aiohttp_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/aiohttp-go/aiohttp"
)

// issues is an API that gives two issues a page.
func issues() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("page") {
		case "":
			w.Header().Set("Link", `<?page=2>; rel="next"`)
			fmt.Fprint(w, `[{"title": "one"}, {"title": "two"}]`)
		case "2":
			fmt.Fprint(w, `[{"title": "three"}]`)
		}
	}))
}

// A list in pages that the Link field joins, as GitHub's API gives it.
func ExamplePages() {
	srv := issues()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	type Issue struct{ Title string }
	for page, err := range aiohttp.Pages[[]Issue](context.Background(), session, srv.URL) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(page), page[0].Title)
	}
	// Output:
	// 2 one
	// 1 three
}

// The entries of pages that a cursor in the JSON joins.
func ExampleItems() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			fmt.Fprint(w, `{"names": ["ann", "bob"], "cursor": "x1"}`)
			return
		}
		fmt.Fprint(w, `{"names": ["cid"]}`)
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	type Page struct {
		Names  []string
		Cursor string
	}
	pages := aiohttp.Pages(context.Background(), session, srv.URL, aiohttp.Paging[Page]{
		Next: aiohttp.NextCursor("after", func(p Page) string { return p.Cursor }),
	})
	for name, err := range aiohttp.Items(pages, func(p Page) []string { return p.Names }) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
	}
	// Output:
	// ann
	// bob
	// cid
}
