package http1_test

import (
	"net/http"
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
