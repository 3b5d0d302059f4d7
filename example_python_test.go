package aiohttp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
)

// The programs of docs/from-python.md and docs/from-net-http.md, which show parts of
// them, or name them. A test in
// internal/house looks that they show nothing else.

func Example_fromPythonGet() {
	srv := blog()
	defer srv.Close()
	ctx, url := context.Background(), srv.URL

	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, text)
	// Output: 200 hello
}

func Example_fromPythonGather() {
	srv := blog()
	defer srv.Close()
	ctx, urls := context.Background(), []string{srv.URL, srv.URL + "/log"}
	session := aiohttp.NewSession()
	defer session.Close()

	fetch := func(ctx context.Context, url string) (string, error) {
		resp, err := session.Get(ctx, url)
		if err != nil {
			return "", err
		}
		return resp.Text()
	}
	pages, err := aio.Gather(ctx, aio.Each(urls, fetch))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", pages)
	// Output: ["hello" "one\ntwo\n"]
}

func Example_fromPythonPostJSON() {
	srv := blog()
	defer srv.Close()
	ctx, url := context.Background(), srv.URL+"/posts/1"
	session := aiohttp.NewSession()
	defer session.Close()

	type Post struct {
		ID    int    `json:"id"`
		Title string `json:"title"`
	}
	resp, err := session.Post(ctx, url, aiohttp.Request{JSON: Post{Title: "First"}})
	if err != nil {
		log.Fatal(err)
	}
	post, err := aiohttp.JSON[Post](resp)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(post.ID, post.Title)
	// Output: 1 First
}

func Example_fromPythonStreamToFile() {
	srv := blog()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, url, path := context.Background(), srv.URL+"/log", filepath.Join(dir, "log.txt")
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(ctx, url)
	if err != nil {
		log.Fatal(err)
	}
	size, err := resp.Save(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(size, "bytes")
	// Output: 8 bytes
}

func Example_fromPythonErrors() {
	srv := blog()
	defer srv.Close()
	ctx := context.Background()
	session := aiohttp.NewSession(aiohttp.Options{RaiseForStatus: true})
	defer session.Close()

	for _, url := range []string{srv.URL, srv.URL + "/none", "http://127.0.0.1:1/"} {
		resp, err := session.Get(ctx, url)
		var status *aiohttp.StatusError
		var failure *aiohttp.Error
		switch {
		case errors.As(err, &status): // ClientResponseError
			fmt.Println("status", status.Status)
		case errors.Is(err, context.DeadlineExceeded): // TimeoutError
			fmt.Println("too slow")
		case errors.As(err, &failure): // ClientConnectionError and the others
			fmt.Println("failed on the way:", failure.Phase, failure.Timeout())
		case err == nil:
			fmt.Println("status", resp.Status)
			resp.Close()
		}
	}
	// Output:
	// status 200
	// status 404
	// failed on the way: connect false
}

func Example_fromNetHTTP() {
	srv := blog()
	defer srv.Close()

	session := aiohttp.NewSession()
	defer session.Close()
	client := session.HTTPClient() // an *http.Client

	resp, err := client.Get(srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 200 OK
}

func Example_fromNetHTTPRequest() {
	srv := blog()
	defer srv.Close()
	ctx, url := context.Background(), srv.URL+"/echo"
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Post(ctx, url, aiohttp.Request{
		JSON:   map[string]string{"title": "Second"},
		Header: http.Header{"X-Trace": {"1"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: POST application/json "{\"title\":\"Second\"}"
}

// Middleware runs around each exchange; this one signs what is sent.
func ExampleMiddleware() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("X-Length"))
	}))
	defer srv.Close()

	sign := func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			req.Header.Set("X-Length", fmt.Sprint(req.Method, " ", len(req.Bytes)))
			return next(ctx, req)
		}
	}
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{sign}})
	defer session.Close()
	resp, err := session.Post(context.Background(), srv.URL, aiohttp.Request{Text: "hello"})
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: POST 5
}

// A body that is compressed on its way.
func ExampleRequest_compress() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Content-Encoding"), " ", r.ContentLength < 100)
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Post(context.Background(), srv.URL, aiohttp.Request{
		Text:     strings.Repeat("hello ", 1000),
		Compress: "gzip",
	})
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: gzip true
}

// Query parameters, and a redirect that is not followed.
func ExampleRequest_query() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/login?next="+r.URL.Query().Get("q"), http.StatusFound)
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL, aiohttp.Request{
		Query:        url.Values{"q": {"go"}},
		MaxRedirects: -1,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	fmt.Println(resp.Status, resp.Header("Location"))
	// Output: 302 /login?next=go
}

// Fields of every request, one of ours less, and no cookies.
func ExampleOptions_header() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", fmt.Sprintf("%q %q", r.Header.Get("X-App"), r.Header.Get("User-Agent")))
	}))
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{
		Header:         http.Header{"X-App": {"demo"}, "User-Agent": {}},
		DisableCookies: true,
	})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	fmt.Println(resp.Header("x-seen"))
	// Output: "demo" ""
}
