package http1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestFieldsGet(t *testing.T) {
	f := http1.Fields("A: 1\r\nContent-Type:\ttext/html \r\na: 2\r\nEmpty:\r\n")
	for _, test := range []struct {
		lower, want string
		ok          bool
	}{
		{"a", "1", true}, {"content-type", "text/html", true}, {"empty", "", true}, {"b", "", false}, {"content-typ", "", false},
	} {
		if got, ok := f.Get(test.lower); string(got) != test.want || ok != test.ok {
			t.Errorf("%q: got %q, %v", test.lower, got, ok)
		}
	}
	if f.Count() != 4 {
		t.Errorf("%d fields", f.Count())
	}
}

func TestFieldsZeroValue(t *testing.T) {
	var f http1.Fields
	for range f.All() {
		t.Error("yielded a field")
	}
	if _, ok := f.Get("a"); ok || f.Count() != 0 || len(f.Header(nil, nil)) != 0 {
		t.Error("has a field")
	}
}

// Heads that a connection gives one after the other, with and without memory.
func TestMemoChangesNothing(t *testing.T) {
	heads := []http1.Fields{
		http1.Fields("Server: x\r\nDate: 1\r\nContent-Length: 5\r\n"),
		http1.Fields("Server: x\r\nDate: 2\r\nContent-Length: 5\r\n"),
		http1.Fields("Server: x\r\nContent-Length: 5\r\nDate: 2\r\n"),
		http1.Fields("Server: x\r\n"),
		nil,
		http1.Fields("Set-Cookie: a\r\nSet-Cookie: a\r\nserver: x\r\n"),
		http1.Fields("X: " + strings.Repeat("long", 2000) + "\r\nServer: x\r\n"),
		http1.Fields(strings.Repeat("Many: x\r\n", 100)),
		http1.Fields("Server: x\r\nDate: 1\r\nContent-Length: 5\r\n"),
	}
	var memo http1.Memo
	for range 2 {
		for i, f := range heads {
			for again := range 3 {
				if diff := cmp.Diff(f.Header(nil, nil), f.Header(nil, &memo)); diff != "" {
					t.Errorf("head %d, time %d (-without memory +with)\n%s", i, again, diff)
				}
			}
		}
	}
}

// What a program does with a header is not seen in that of the next response.
func TestMemoLendsNothing(t *testing.T) {
	f := http1.Fields("Server: x\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n")
	want := f.Header(nil, nil)
	var memo http1.Memo
	for range 4 {
		h := f.Header(nil, &memo)
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("(-without memory +with)\n%s", diff)
		}
		h["Server"][0] = "changed"
		h["Set-Cookie"] = append(h["Set-Cookie"][:1], "changed")
		h.Set("New", "y")
	}
}

// The strings of a head that came before are used again: all that is made is
// the map, and a string for what has changed.
func TestMemoSparesStrings(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates by itself")
	}
	same := http1.Fields("Server: a server\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n")
	other := http1.Fields("Server: a server\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\nContent-Length: 5\r\n")
	var backing [3]string
	bare := testing.AllocsPerRun(100, func() { same.Header(backing[:], nil) })
	var memo http1.Memo
	same.Header(backing[:], &memo)
	if n := testing.AllocsPerRun(100, func() { same.Header(backing[:], &memo) }); n != bare-1 {
		t.Errorf("%v allocations for the same head, %v without memory", n, bare)
	}
	i := 0
	if n := testing.AllocsPerRun(100, func() { []http1.Fields{same, other}[i%2].Header(backing[:], &memo); i++ }); n != bare {
		t.Errorf("%v allocations for another date, %v without memory", n, bare)
	}
}

func TestFieldsAllStops(t *testing.T) {
	n := 0
	for range http1.Fields("A: 1\r\nB: 2\r\n").All() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("yielded %d fields", n)
	}
}

func TestFieldsHeader(t *testing.T) {
	f := http1.Fields("content-type: text/html\r\nX-ODD:  b \r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nSET-COOKIE:\r\nServer: x\r\n")
	want := http.Header{
		"Content-Type": {"text/html"},
		"X-Odd":        {"b"},
		"Set-Cookie":   {"a=1", "b=2", ""},
		"Server":       {"x"},
	}
	for _, backing := range [][]string{nil, make([]string, 2), make([]string, 0, 6), make([]string, 50)} {
		got := f.Header(backing, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("backing of %d: (-want +got)\n%s", cap(backing), diff)
		}
		got.Add("Content-Type", "more")
		if diff := cmp.Diff(want["X-Odd"], got["X-Odd"]); diff != "" {
			t.Errorf("adding to one field changed another:\n%s", diff)
		}
	}
}
