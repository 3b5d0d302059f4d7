package cookie_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/aiohttp-go/aiohttp/cookie"
)

func ExampleJar() {
	u := &url.URL{Scheme: "https", Host: "kit.test", Path: "/login"}
	jar := cookie.New()
	jar.SetHeader(u, http.Header{"Set-Cookie": {
		"session=abc; Secure; HttpOnly; Path=/",
		"theme=dark; Domain=kit.test; Max-Age=3600",
	}})
	fmt.Println(jar.Header(u))
	for c := range jar.All() {
		fmt.Println(c.Name, c.Domain, c.HostOnly, c.Path)
	}
	// Output:
	// session=abc; theme=dark
	// session kit.test true /
	// theme kit.test false /
}

func ExampleJar_Save() {
	dir, err := os.MkdirTemp("", "cookies")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cookies.txt")

	jar := cookie.New()
	if err := jar.Load(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Println(err)
		return
	}
	u := &url.URL{Scheme: "https", Host: "kit.test", Path: "/"}
	jar.SetCookieStrings(u, []string{"session=abc; HttpOnly"})
	if err := jar.Save(path); err != nil {
		fmt.Println(err)
		return
	}
	text, _ := os.ReadFile(path)
	fmt.Printf("%q\n", text)
	// Output:
	// "# Netscape HTTP Cookie File\n\n#HttpOnly_kit.test\tFALSE\t/\tFALSE\t0\tsession\tabc\n"
}

func ExampleJar_httpClient() {
	client := &http.Client{Jar: cookie.New(), Transport: answer{}}
	for range 2 {
		resp, err := client.Get("https://kit.test/")
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
	}
	// Output:
	// got ""
	// got "visited=yes"
}

// answer is a server that sets a cookie and prints what it got.
type answer struct{}

func (answer) RoundTrip(req *http.Request) (*http.Response, error) {
	fmt.Printf("got %q\n", req.Header.Get("Cookie"))
	return &http.Response{
		StatusCode: http.StatusOK, Request: req, Body: http.NoBody,
		Header: http.Header{"Set-Cookie": {"visited=yes; Secure"}},
	}, nil
}

func ExampleJar_Add() {
	jar := cookie.New()
	if err := jar.Add(cookie.Cookie{Name: "token", Value: "abc", Domain: "kit.test", Secure: true}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(jar.Header(&url.URL{Scheme: "https", Host: "api.kit.test", Path: "/v1"}))
	// Output: token=abc
}

func ExampleJar_Clear() {
	u := &url.URL{Scheme: "https", Host: "kit.test", Path: "/"}
	jar := cookie.New()
	jar.SetCookieStrings(u, []string{"a=1", "b=2; Max-Age=60"})
	removed := jar.Clear(func(c cookie.Cookie) bool { return c.Expires.IsZero() })
	fmt.Println(removed, jar.Header(u))
	// Output: 1 b=2
}

func ExampleJar_From() {
	u := &url.URL{Scheme: "https", Host: "kit.test", Path: "/"}
	jar := cookie.New()
	jar.SetCookieStrings(u, []string{"session=abc; SameSite=Lax"})
	other := &url.URL{Scheme: "https", Host: "other.test", Path: "/"}
	fmt.Printf("%q\n", jar.From(cookie.Initiator{URL: other}).Header(u))
	fmt.Printf("%q\n", jar.From(cookie.Initiator{URL: other, Navigation: true}).Header(u))
	// Output:
	// ""
	// "session=abc"
}

func ExampleOptions() {
	jar := cookie.New(cookie.Options{
		TrustLocalhost: true,
		OnReject: func(_ *url.URL, name string, cause error) {
			fmt.Printf("%s: %v\n", name, cause)
		},
	})
	u := &url.URL{Scheme: "http", Host: "localhost:8080", Path: "/"}
	jar.SetCookieStrings(u, []string{"a=1; Secure", "b=2; Domain=example.com"})
	fmt.Println(jar.Header(u))
	// Output:
	// b: domain attribute does not match the host
	// a=1
}
