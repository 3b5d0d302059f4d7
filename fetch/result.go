package fetch

import (
	"encoding/json"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// A Skip tells why an item was not fetched.
type Skip string

// The reasons to skip an item.
const (
	NotSkipped Skip = ""
	Exists     Skip = "exists"    // the file is there, from an earlier run or an earlier item
	Duplicate  Skip = "duplicate" // another item with the same file is in work
)

// A Result tells what became of one item.
type Result struct {
	Line     int           // of the item in its list; 0 if it has none
	URL      string        // as it was given; empty if a line could not be read
	FinalURL string        // after redirects; empty if there was no response
	Status   int           // of the final response; 0 if there was none
	Bytes    int64         // size of the file
	Resumed  int64         // of them, how many an earlier attempt or run had left
	SHA256   string        // hex; empty unless it was asked for
	File     string        // where it was written, Options.Dir included
	Attempts int           // requests sent
	Skipped  Skip          // why it was not fetched
	Err      error         // why it failed; nil if it was fetched or skipped
	Elapsed  time.Duration // of the last attempt, from request to the end of the body
	Started  time.Time     // of the last attempt
	Meta     json.RawMessage

	// Timings tell where the time of the last attempt went.
	Timings connector.Timings
}
