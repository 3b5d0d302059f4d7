package aiohttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// blog is the site of the examples.
func blog() *httptest.Server { return httptest.NewServer(http.HandlerFunc(serveBlog)) }

// secureBlog is the same over TLS. It does not log the clients that turn away.
func secureBlog() *httptest.Server {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(serveBlog))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	return srv
}

func serveBlog(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/":
		fmt.Fprint(w, "hello")
	case "/posts/1":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id": 1, "title": "First"}`)
	case "/log":
		fmt.Fprint(w, "one\ntwo\n")
	case "/login":
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "abc", MaxAge: 3600})
	case "/echo":
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %q", r.Method, r.Header.Get("Content-Type"), body)
	case "/slow":
		<-r.Context().Done()
	default:
		http.Error(w, "no such page", http.StatusNotFound)
	}
}

func Example() {
	srv := blog()
	defer srv.Close()
	ctx := context.Background()

	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(ctx, srv.URL)
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

// The bodies of a request.
func ExampleSession_Post() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL})
	defer session.Close()

	for _, req := range []aiohttp.Request{
		{JSON: map[string]any{"title": "Second"}},
		{Form: url.Values{"user": {"ann"}, "page": {"2"}}},
		{Text: "plain"},
		{Bytes: []byte{1, 2}},
		{Body: strings.NewReader("from a reader"), Header: http.Header{"Content-Type": {"text/markdown"}}},
	} {
		resp, err := session.Post(context.Background(), "/echo", req)
		if err != nil {
			log.Fatal(err)
		}
		text, err := resp.Text()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(text)
	}
	// Output:
	// POST application/json "{\"title\":\"Second\"}"
	// POST application/x-www-form-urlencoded "page=2&user=ann"
	// POST text/plain; charset=utf-8 "plain"
	// POST application/octet-stream "\x01\x02"
	// POST text/markdown "from a reader"
}

// A file is sent without being read into memory.
func ExampleRequest_file() {
	srv := blog()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "page.html")
	if err := os.WriteFile(path, []byte("<p>hi"), 0o600); err != nil {
		log.Fatal(err)
	}

	session := aiohttp.NewSession()
	defer session.Close()
	resp, err := session.Put(context.Background(), srv.URL+"/echo", aiohttp.Request{File: path})
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: PUT text/html; charset=utf-8 "<p>hi"
}

func ExampleJSON() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	type Post struct {
		ID    int
		Title string
	}
	resp, err := session.Get(context.Background(), srv.URL+"/posts/1")
	if err != nil {
		log.Fatal(err)
	}
	post, err := aiohttp.JSON[Post](resp)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\n", post)
	// Output: {ID:1 Title:First}
}

func ExampleResponse_Lines() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/log")
	if err != nil {
		log.Fatal(err)
	}
	for line, err := range resp.Lines() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line)
	}
	// Output:
	// one
	// two
}

func ExampleResponse_Chunks() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/log")
	if err != nil {
		log.Fatal(err)
	}
	total := 0
	for chunk, err := range resp.Chunks() {
		if err != nil {
			log.Fatal(err)
		}
		total += len(chunk)
	}
	fmt.Println(total, "bytes")
	// Output: 8 bytes
}

func ExampleResponse_Save() {
	srv := blog()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/log")
	if err != nil {
		log.Fatal(err)
	}
	size, err := resp.Save(filepath.Join(dir, "log.txt"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(size, "bytes")
	// Output: 8 bytes
}

// Many pages, at most 16 at once. An error is that of one page.
func ExampleSession_GetAll() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{RaiseForStatus: true})
	defer session.Close()

	urls := []string{srv.URL + "/", srv.URL + "/posts/1", srv.URL + "/none"}
	var lines []string
	for resp, err := range session.GetAll(context.Background(), 16, slices.Values(urls)) {
		var status *aiohttp.StatusError
		switch {
		case errors.As(err, &status):
			lines = append(lines, fmt.Sprint("failed: ", status.Status))
		case err != nil:
			log.Fatal(err)
		default:
			text, err := resp.Text()
			if err != nil {
				log.Fatal(err)
			}
			lines = append(lines, fmt.Sprint(resp.URL().Path, " ", len(text)))
		}
	}
	slices.Sort(lines) // they come as they are ready
	fmt.Println(strings.Join(lines, "\n"))
	// Output:
	// / 5
	// /posts/1 27
	// failed: 404
}

// Two calls at once, and both results.
func ExampleSession_Get_atOnce() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL})
	defer session.Close()

	get := func(ctx context.Context, path string) (string, error) {
		resp, err := session.Get(ctx, path)
		if err != nil {
			return "", err
		}
		return resp.Text()
	}
	pages, err := aio.Gather(context.Background(), aio.Each([]string{"/", "/log"}, get))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", pages)
	// Output: ["hello" "one\ntwo\n"]
}

// What an error tells.
func ExampleError() {
	session := aiohttp.NewSession()
	defer session.Close()

	_, err := session.Get(context.Background(), "http://user:secret@127.0.0.1:1/?token=secret")
	var failure *aiohttp.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Phase, failure.Host)
	}
	fmt.Println("safe to retry:", aiohttp.SafeToRetry(err))
	text, _, _ := strings.Cut(err.Error(), ": dial") // the rest is the system's
	fmt.Println(text)
	// Output:
	// connect 127.0.0.1:1
	// safe to retry: true
	// get "http://user:xxxxx@127.0.0.1:1/?token=xxxxx": connect 127.0.0.1:1
}

func ExampleResponse_RaiseForStatus() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/none")
	if err != nil {
		log.Fatal(err)
	}
	var status *aiohttp.StatusError
	if errors.As(resp.RaiseForStatus(), &status) {
		fmt.Printf("%d %s: %s", status.Status, status.Reason, status.Body)
	}
	// Output: 404 Not Found: no such page
}

// A time-out for one phase, and one for the whole call.
func ExampleRequest_timeouts() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Timeouts: connector.Timeouts{Connect: 3 * time.Second}})
	defer session.Close()

	_, err := session.Get(context.Background(), srv.URL+"/slow", aiohttp.Request{
		Timeouts: connector.Timeouts{Head: 50 * time.Millisecond},
	})
	var failure *aiohttp.Error
	if errors.As(err, &failure) && failure.Timeout() {
		fmt.Println(failure.Limit)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = session.Get(ctx, srv.URL+"/slow")
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// head timeout of 50ms
	// true
}

// Relative URLs, and fields that every request gets.
func ExampleOptions_baseURL() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{
		BaseURL: srv.URL + "/posts/",
		Header:  http.Header{"Authorization": {"Bearer secret"}}, // for this origin only
	})
	defer session.Close()

	resp, err := session.Get(context.Background(), "1")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	fmt.Println(resp.Status, resp.URL().Path)
	// Output: 200 /posts/1
}

// A server with a certificate of an own authority, and a pin in addition.
// Each request can have a proxy of its own; by socks5h it is the proxy that resolves
// the name. "environment" heeds HTTP_PROXY and its like.
func ExampleRequest_proxy() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Proxy: "environment"})
	defer session.Close()

	_, err := session.Get(context.Background(), srv.URL, aiohttp.Request{Proxy: "socks5h://me:secret@127.0.0.1:1"})
	var e *aiohttp.Error
	if errors.As(err, &e) {
		fmt.Println(e.Phase, "via", e.Proxy)
	}
	resp, err := session.Get(context.Background(), srv.URL, aiohttp.Request{Proxy: "direct"})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	fmt.Println(text, err)
	// Output:
	// connect via socks5h://127.0.0.1:1
	// hello <nil>
}

func ExampleOptions_tls() {
	srv := secureBlog()
	defer srv.Close()
	pool := srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs

	policy, err := trust.New(trust.Options{
		CAs:  pool, // or CAFiles: []string{"company-ca.pem"}
		Pins: []trust.Pin{trust.PinKey(srv.Certificate())},
	})
	if err != nil {
		log.Fatal(err)
	}
	session := aiohttp.NewSession(aiohttp.Options{TLS: policy})
	defer session.Close()
	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	fmt.Println(resp.Status)

	// For one request a policy of its own; this one does not know the authority.
	strict, err := trust.New(trust.Options{Roots: trust.RootsEmbedded})
	if err != nil {
		log.Fatal(err)
	}
	_, err = session.Get(context.Background(), srv.URL, aiohttp.Request{TLS: strict})
	var bad *trust.CertificateError
	fmt.Println(errors.As(err, &bad))
	// Output:
	// 200
	// true
}

// A library that asks for an *http.Client gets the session's connections,
// cookies and header fields.
func ExampleSession_HTTPClient() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	client := session.HTTPClient()
	resp, err := client.Get(srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body)
	// Output: hello
}

// Cookies that outlive the program.
func ExampleOptions_jar() {
	srv := blog()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cookies.json")

	jar := cookie.New()
	session := aiohttp.NewSession(aiohttp.Options{Jar: jar})
	resp, err := session.Get(context.Background(), srv.URL+"/login")
	if err != nil {
		log.Fatal(err)
	}
	resp.Close()
	session.Close()
	if err := jar.Save(path); err != nil {
		log.Fatal(err)
	}

	later := cookie.New()
	if err := later.Load(path); err != nil {
		log.Fatal(err)
	}
	for c := range later.All() {
		fmt.Println(c.Name, c.Value)
	}
	// Output: session abc
}

// Redirects are followed; the way is told.
func ExampleResponse_History() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
		}
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/old")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	for _, hop := range append(resp.History(), resp) {
		fmt.Println(hop.Status, hop.URL().Path)
	}
	// Output:
	// 301 /old
	// 200 /new
}

func ExampleOptions_trace() {
	srv := httptest.NewServer(http.RedirectHandler("/here", http.StatusFound))
	defer srv.Close()
	trace := &tracing.Trace{
		OnRequestStart:    func(c *tracing.Call, e tracing.RequestStart) { c.Value = e.Time },
		OnRequestRedirect: func(_ *tracing.Call, e tracing.RequestRedirect) { fmt.Println("redirected by", e.Status) },
		OnRequestException: func(c *tracing.Call, e tracing.RequestException) {
			fmt.Println(e.Method, "failed:", errors.Is(e.Err, aiohttp.ErrTooManyRedirects), e.Time.After(c.Value.(time.Time)))
		},
	}
	session := aiohttp.NewSession(aiohttp.Options{Trace: []*tracing.Trace{trace}, MaxRedirects: 2})
	defer session.Close()
	session.Get(context.Background(), srv.URL)
	// Output:
	// redirected by 302
	// redirected by 302
	// GET failed: true true
}

func ExampleResponse_Timings() {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Timings: true})
	defer session.Close()
	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Bytes()
	t := resp.Timings()
	fmt.Println(t.Connect > 0, t.TLS, t.Wait > 0, t.Reused)
	// Output: true 0s true false
}

func ExampleRequest_Curl() {
	line, err := aiohttp.Request{
		Method: "POST", URL: "https://api.example.com/posts", JSON: map[string]string{"title": "it's"},
		Header: http.Header{"User-Agent": {"me"}},
	}.Curl()
	fmt.Println(line, err)
	// Output: curl --data-raw '{"title":"it'\''s"}' -L --max-redirs 10 --compressed -H 'Content-Type: application/json' -H 'User-Agent: me' https://api.example.com/posts <nil>
}
