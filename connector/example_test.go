package connector_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// A program that uses net/http changes one line.
func ExampleNew() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello from ", r.URL.Path)
	}))
	defer site.Close()

	transport := connector.New()
	defer transport.Close()
	client := &http.Client{Transport: transport}

	resp, err := client.Get(site.URL + "/page")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(body))
	// Output: 200 OK hello from /page
}

func ExampleOptions() {
	c := connector.New(connector.Options{
		MaxConns:        200,
		MaxConnsPerHost: 8,
		IdleTimeout:     30 * time.Second,
		MaxConnAge:      10 * time.Minute,       // notice changes in DNS
		AddressDelay:    100 * time.Millisecond, // a second address gets its chance soon
		Timeouts: connector.Timeouts{
			Connect:   5 * time.Second,
			Head:      20 * time.Second,
			BodyStall: 30 * time.Second, // a download that moves is never cut
		},
		Limits: connector.Limits{Fields: 64},
	})
	defer c.Close()
	fmt.Println(c.Timeouts().Connect, c.Timeouts().TLS, c.Stats().Open)
	// Output: 5s 10s 0
}

// Every request goes to one socket, whatever the host in its URL.
func ExampleOptions_unixSocket() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "daemon.sock")
	ln, err := net.Listen("unix", path)
	if err != nil {
		fmt.Println(err)
		return
	}
	daemon := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "alive") })}
	go daemon.Serve(ln)
	defer daemon.Close()

	c := connector.New(connector.Options{UnixSocket: path})
	defer c.Close()
	resp, err := (&http.Client{Transport: c}).Get("http://daemon/status")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))
	// Output: alive
}

// A handler answers in this process: no port, no certificate.
func ExampleOptions_handler() {
	api := http.NewServeMux()
	api.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "user ", r.PathValue("id")) })

	c := connector.New(connector.Options{Handler: api})
	defer c.Close()
	resp, err := (&http.Client{Transport: c}).Get("https://api.example.com/users/7")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))
	// Output: user 7
}

// An error tells where a request failed and whether it can be sent again.
func ExampleError() {
	c := connector.New(connector.Options{
		Timeouts: connector.Timeouts{Connect: 50 * time.Millisecond},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done() // a host that does not answer
			return nil, ctx.Err()
		},
	})
	defer c.Close()
	_, err := (&http.Client{Transport: c}).Get("http://example.com/")

	var failed *connector.Error
	if errors.As(err, &failed) {
		fmt.Println(failed)
		fmt.Println("phase:", failed.Phase)
		fmt.Println("time-out:", failed.Timeout())
		fmt.Println("reached the server:", failed.Sent)
		fmt.Println("safe to retry:", connector.SafeToRetry(err))
	}
	// Output:
	// connect example.com:80: connect timeout of 50ms exceeded
	// phase: connect
	// time-out: true
	// reached the server: false
	// safe to retry: true
}

// A Reply is read as it comes.
func ExampleConnector_Do() {
	c := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Mood", "good")
		fmt.Fprint(w, "hello")
	})})
	defer c.Close()
	var reply connector.Reply
	err := c.Do(context.Background(), &connector.Call{
		Method: "GET",
		Host:   "example.com:80",
		Head:   []byte("GET / HTTP/1.1\r\nHost: example.com\r\n"),
	}, &reply)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reply.Close()
	mood, _ := reply.Fields().Get("x-mood")
	body, _ := io.ReadAll(&reply)
	fmt.Println(reply.Status, string(mood), string(body))
	// Output: 200 good hello
}

// A program that fetches what its users name keeps out of its own network, whatever
// the DNS says and wherever redirects lead.
func ExamplePublicOnly() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "for the inside only")
	}))
	defer site.Close()

	transport := connector.New(connector.Options{Guard: connector.PublicOnly()})
	defer transport.Close()
	client := &http.Client{Transport: transport}

	_, err := client.Get(site.URL)
	fmt.Println(errors.Is(err, connector.ErrRefusedAddress))
	// Output: true
}
