package auth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

// greeter greets who has authorized himself.
func greeter() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, ok := r.BasicAuth()
		if !ok {
			user = r.Header.Get("Authorization")
		}
		fmt.Fprintf(w, "hello %s", user)
	}))
}

func ExampleBasic() {
	srv := greeter()
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		auth.Basic("user", "password", auth.Options{Origins: []string{srv.URL}}),
	}})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: hello user
}

func ExampleDigest() {
	ctx := context.Background()
	site, err := httpbin.Start(ctx, "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer site.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{auth.Digest("user", "password")}})
	defer session.Close()

	resp, err := session.Get(ctx, site.URL()+"/digest-auth/auth/user/password/SHA-256")
	if err != nil {
		log.Fatal(err)
	}
	resp.Close()
	fmt.Println(resp.Status)
	// Output: 200
}

func ExampleTokenSource() {
	srv := greeter()
	defer srv.Close()
	source := auth.NewTokenSource(func(ctx context.Context) (auth.Token, error) {
		// Ask the token endpoint here.
		return auth.Token{Value: "abc", Expires: time.Now().Add(time.Hour)}, nil
	})
	defer source.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{source.Middleware}})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: hello Bearer abc
}

func ExampleParseNetrc() {
	file, err := auth.ParseNetrc(strings.NewReader(`machine api.example.com login user password "a secret"`))
	if err != nil {
		log.Fatal(err)
	}
	user, _, ok := file.Find("api.example.com")
	fmt.Println(user, ok)
	// Output: user true
}

func ExampleParseChallenges() {
	all, err := auth.ParseChallenges(`Digest realm="a", nonce="b", qop="auth", Basic realm="a"`)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range all {
		fmt.Println(c.Scheme, c.Params["realm"])
	}
	// Output:
	// digest a
	// basic a
}

// What a server asks for decides what to do about a 401.
func ExampleChallenges() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("WWW-Authenticate", `Bearer realm="api", error="invalid_token"`)
		w.Header().Add("WWW-Authenticate", `Basic realm="api"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Close()
	for _, c := range auth.Challenges(resp) {
		fmt.Println(c.Scheme, c.Params["realm"], c.Params["error"])
	}
	// Output:
	// bearer api invalid_token
	// basic api
}
