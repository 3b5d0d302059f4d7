package aiohttp_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/aiohttp-go/aiohttp"
)

// A body that is made while it is sent.
func ExampleBodyFrom() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	rows := func(yield func([]byte, error) bool) {
		for n := range 3 {
			if !yield(fmt.Appendf(nil, "row %d;", n), nil) {
				return // the server wants no more
			}
		}
	}
	resp, err := session.Post(context.Background(), srv.URL+"/echo", aiohttp.Request{
		Body:   aiohttp.BodyFrom(rows),
		Header: http.Header{"Content-Type": {"text/csv"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: POST text/csv "row 0;row 1;row 2;"
}

// How far an upload and a download are.
func ExampleRequest_progress() {
	srv := blog()
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Post(context.Background(), srv.URL+"/echo", aiohttp.Request{
		Text:       strings.Repeat("x", 10),
		OnUpload:   func(sent, total int64) { fmt.Printf("sent %d of %d\n", sent, total) },
		OnDownload: func(received, total int64) { fmt.Printf("received %d of %d\n", received, total) },
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := resp.Bytes(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// sent 10 of 10
	// received 43 of 43
}
