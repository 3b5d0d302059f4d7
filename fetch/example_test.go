package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// exampleSite is a server that answers each path with itself, but for
// /missing.
func exampleSite() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, r.URL.Path)
	}))
}

func Example() {
	site := exampleSite()
	defer site.Close()
	dir, err := os.MkdirTemp("", "peps")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	layout, err := fetch.ParseTemplate("{name}.html")
	if err != nil {
		fmt.Println(err)
		return
	}
	summary, err := fetch.Run(context.Background(), fetch.Options{Dir: dir, Layout: layout},
		fetch.Args(site.URL+"/pep-{8010..8012}/"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary.Fetched, "fetched,", summary.Failed, "failed")
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		text, _ := os.ReadFile(name)
		fmt.Printf("%s: %s\n", filepath.Base(name), text)
	}
	// Output:
	// 3 fetched, 0 failed
	// pep-8010.html: /pep-8010/
	// pep-8011.html: /pep-8011/
	// pep-8012.html: /pep-8012/
}

func ExampleRun_results() {
	site := exampleSite()
	defer site.Close()
	dir, err := os.MkdirTemp("", "fetch")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	list := strings.NewReader(site.URL + "/a\n" + site.URL + "/missing\nnot-a-url\n")
	_, err = fetch.Run(context.Background(), fetch.Options{
		Dir:         dir,
		Concurrency: 1,
		OnResult: func(r fetch.Result) error {
			if r.Err != nil {
				fmt.Printf("line %d: %s\n", r.Line, fetch.Cause(r.Err))
			} else {
				fmt.Printf("line %d: %d bytes\n", r.Line, r.Bytes)
			}
			return nil
		},
	}, fetch.Lines(list))
	fmt.Println(err)
	// Unordered output:
	// line 1: 2 bytes
	// line 2: status 404
	// line 3: list: invalid URL
	// <nil>
}

func ExampleExpand() {
	for url, err := range fetch.Expand("https://{a,b}.example/{08..10}.html") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(url)
	}
	// Output:
	// https://a.example/08.html
	// https://a.example/09.html
	// https://a.example/10.html
	// https://b.example/08.html
	// https://b.example/09.html
	// https://b.example/10.html
}

func ExampleLines() {
	list := strings.NewReader(`# pages
https://example.com/a

{"url": "https://example.com/b", "method": "POST", "body": {"id": 7}}
`)
	for item, err := range fetch.Lines(list) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%d %s %q\n", item.Line, item.URL, item.Body)
	}
	// Output:
	// 2 https://example.com/a ""
	// 4 https://example.com/b "{\"id\": 7}"
}

func ExampleTree() {
	for _, url := range []string{
		"https://example.com/a/b.html",
		"https://example.com/a/",
		"https://example.com/a",
		"http://example.com:8080/a.txt",
		"http://example.com/a.txt",
		"https://example.com/a.jpg?w=100",
		"https://example.com/A.html",
	} {
		name, err := fetch.Tree().Path(1, fetch.Item{URL: url})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(name)
	}
	// Output:
	// example.com/a/b.html
	// example.com/a/index.html
	// example.com/a.body
	// example.com+8080/a.txt
	// example.com+http/a.txt
	// example.com/a_w=100~v4k3n0pr9ceas.jpg
	// example.com/a~6lj3qv85joeq0.html
}

func ExampleFlat() {
	name, err := fetch.Flat().Path(1, fetch.Item{URL: "https://example.com/a/b.html"})
	fmt.Println(name, err)
	// Output:
	// b~7fjg69qmjpcmu.html <nil>
}

func ExampleParseTemplate() {
	layout, err := fetch.ParseTemplate("pictures/{n:4}{ext}")
	if err != nil {
		fmt.Println(err)
		return
	}
	name, err := layout.Path(7, fetch.Item{URL: "https://example.com/a.jpg?w=100"})
	fmt.Println(name, err)
	// Output:
	// pictures/0007.jpg <nil>
}
