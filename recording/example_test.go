package recording_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/recording"
)

// A test that needs the network once. Delete the file to record anew.
func ExampleNew() {
	_ = func(t *testing.T) {
		tape := recording.New(t, "testdata/items.http", recording.Options{Mode: recording.Once})
		session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{tape.Middleware}})
		defer session.Close()
		// ... the code under test, with session
	}
}

// A recording that was written by hand.
func ExampleTape_Middleware() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "items.http")
	os.WriteFile(path, []byte(`aiohttp recording 1

> GET https://api.example.com/items/7

< 200 OK
< Content-Type: application/json
<| {"name": "pen"}
`), 0o600)

	tape, err := recording.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tape.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{tape.Middleware}})
	defer session.Close()

	var item struct{ Name string }
	resp, err := session.Get(context.Background(), "https://api.example.com/items/7")
	if err == nil {
		err = resp.JSON(&item)
	}
	fmt.Println(item.Name, err)
	// Output: pen <nil>
}

// Programs of net/http are recorded by their transport.
func ExampleTape_RoundTripper() {
	tape, err := recording.Open("testdata/items.http", recording.Options{Mode: recording.Record, ScrubJSON: []string{"email"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: tape.RoundTripper(http.DefaultTransport)}
	// ... requests of client
	_ = client
	if err := tape.Close(); err != nil { // which writes the file
		fmt.Println(err)
	}
}
