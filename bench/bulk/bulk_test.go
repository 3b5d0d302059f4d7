package bulk_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/bulk"
	"github.com/aiohttp-go/aiohttp/bench/origin"
)

// TestEveryWayMovesWholeBodies is a smoke test: it says nothing of speed.
func TestEveryWayMovesWholeBodies(t *testing.T) {
	for _, kind := range bulk.Kinds {
		l, err := origin.Listen(kind == bulk.TLS)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go bulk.Serve(l)
		ways, err := bulk.Select(kind, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range ways {
			t.Run(string(kind)+"/"+w.Name, func(t *testing.T) {
				const size, times = 5<<20 + 7, 2 // more than the server sends at a time
				path := filepath.Join(t.TempDir(), "f")
				s, err := bulk.Measure(w, bulk.Job{Addr: l.Addr().String(), Kind: kind, Bytes: size, Path: path}, times)
				if err != nil {
					t.Fatal(err)
				}
				if s.Bytes != size*times || s.Wall <= 0 {
					t.Errorf("got %+v", s)
				}
				if _, err := os.Stat(path); err == nil {
					t.Error("a file was left behind")
				}
			})
		}
	}
}

func TestSelectRefusesUnknownNames(t *testing.T) {
	for _, tt := range []struct {
		kind  bulk.Kind
		names string
	}{{bulk.Discard, "nobody"}, {bulk.Upload, "fasthttp"}, {"boil", ""}} {
		if ways, err := bulk.Select(tt.kind, tt.names); err == nil {
			t.Errorf("%v: got %v", tt, ways)
		}
	}
}

func TestTableComparesSpeedAndProcessorTime(t *testing.T) {
	const want = `### Download to io.Discard

| client | GB/s | CPU ms/GB (user + system) | allocs a body | speed: this / raw | speed: this / net/http | CPU: net/http / this | noisy |
|---|--:|--:|--:|--:|--:|--:|--:|
| sockets (raw) | **4.00** [4.00-4.00] | **100** (0 + 100) | 0 | 1.00 | 2.00 | 5.00 | 0 |
| std (net/http) | **2.00** [2.00-2.00] | **500** (200 + 300) | 7 | 0.50 | 1.00 | 1.00 | 0 |

`
	if got := bulk.Made().Table(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
