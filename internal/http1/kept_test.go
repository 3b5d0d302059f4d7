package http1_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// keptHead is what a head says, and how it reads once it is kept.
type keptHead struct {
	Err                   string
	Status, Minor, Size   int
	Length                int64
	Chunked, Close        bool
	SetsCookie, Coded     bool
	Reason, Fields        string
	KeptReason, KeptField string
}

// readKept reads heads that came one behind the other into one buffer, each by its
// own limits and for its own method, and keeps each. What they read as is looked at
// when all were read, and their buffer is used for something else.
func readKept(wires [][]byte, lims []*http1.Limits, methods []string) []keptHead {
	var rd http1.Reader
	rd.Reset(&feed{nil, errWaiting})
	defer rd.Release()
	type one struct {
		h    http1.ResponseHead
		kept []byte
		got  keptHead
	}
	var all []*one
	for i, wire := range wires {
		next := &one{h: http1.ResponseHead{Method: methods[i]}}
		all = append(all, next)
		for from := wire; len(from) > 0; {
			n := copy(rd.Space(), from)
			if n == 0 {
				return nil // longer than the buffer: not what is looked for here
			}
			rd.Advance(n)
			from = from[n:]
		}
		if len(wire) == 0 {
			return nil
		}
		h := &next.h
		if err := rd.ReadResponseHead(h, lims[i]); err != nil {
			next.got.Err = class(err)
			rd.Discard(len(rd.Buffered()))
			continue
		}
		next.got = keptHead{
			Status: h.Status, Minor: h.Minor, Size: h.Size, Length: h.ContentLength, Chunked: h.Chunked, Close: h.Close,
			SetsCookie: h.SetsCookie, Coded: h.Coded, Reason: string(h.Reason), Fields: string(h.Fields),
		}
		next.kept = rd.Keep(h, lims[i])
		rd.Discard(len(rd.Buffered()))
	}
	space := rd.Space()
	for i := range space {
		space[i] = 'x'
	}
	var got []keptHead
	for _, one := range all {
		if one.got.Err == "" {
			one.got.KeptReason = string(http1.HeadReason(one.kept, one.h.Start))
			one.got.KeptField = string(http1.HeadFields(one.kept, one.h.Start))
		}
		got = append(got, one.got)
	}
	return got
}

// checkKept compares heads that share a buffer with the same, each in its own.
func checkKept(t *testing.T, wires [][]byte, lims []*http1.Limits, methods []string) {
	t.Helper()
	got := readKept(wires, lims, methods)
	for i := range got {
		http1.Forget()
		alone := readKept([][]byte{bytes.Clone(wires[i])}, lims[i:i+1], methods[i:i+1])
		want := alone[0]
		if want.Err == "" && (want.KeptReason != want.Reason || want.KeptField != want.Fields) {
			t.Errorf("%q is kept as %q, %q", wires[i], want.KeptReason, want.KeptField)
		}
		if !reflect.DeepEqual(got[i], want) {
			t.Errorf("%q, number %d, reads as\n%+v, want\n%+v", wires[i], i, got[i], want)
		}
	}
}

func TestKeptHeadIsReadAnew(t *testing.T) {
	const usual = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n"
	long := "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 1<<10) + "\r\n\r\n"
	for _, test := range []struct{ name, first, second, method string }{
		{"same", usual, usual, ""},
		{"same-and-body", usual, usual + "hello", ""},
		{"longer", usual, strings.Replace(usual, "5", "55", 1), ""},
		{"begins-alike", "HTTP/1.1 200 OK\r\n\r\n", usual, ""},
		{"cut", usual, usual[:len(usual)-2], ""},
		{"cookie", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n", ""},
		{"close", "HTTP/1.0 404 Not Found\r\n\r\n", "HTTP/1.0 404 Not Found\r\n\r\n", ""},
		{"no-reason", "HTTP/1.1 200\r\nA: b\r\n\r\n", "HTTP/1.1 200\r\nA: b\r\n\r\n", ""},
		{"empty-reason", "HTTP/1.1 200 \r\nA: b\r\n\r\n", "HTTP/1.1 200 \r\nA: b\r\n\r\n", ""},
		{"no-fields", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", ""},
		{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b   c\r\n\r\n", ""},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
		{"too-long-to-be-looked-for", long, long, ""},
		{"faulty-for-others", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "CONNECT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, second := []byte(test.first), []byte(test.second)
			wires := [][]byte{first, bytes.Clone(first), second, bytes.Clone(second), bytes.Clone(first)}
			checkKept(t, wires, []*http1.Limits{generous, generous, generous, generous, generous}, []string{test.method, "", test.method, "", test.method})
		})
	}
}

// A head that passed by one connector's limits has to pass by another's, too, to
// which its buffer has come.
func TestKeptHeadMeetsTheLimits(t *testing.T) {
	wire := []byte("HTTP/1.1 200 OK\r\n" + strings.Repeat("Some: field\r\n", 10) + "\r\n")
	wires := [][]byte{wire, bytes.Clone(wire), bytes.Clone(wire)}
	checkKept(t, wires, []*http1.Limits{generous, tight, generous}, make([]string, 3))
}

// A head that is the same as the last one is neither copied nor looked through.
func TestKeptHeadIsShared(t *testing.T) {
	wire := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n")
	var rd http1.Reader
	rd.Reset(whole(""))
	defer rd.Release()
	var h http1.ResponseHead
	var kept [2][]byte
	for i := range kept {
		rd.Advance(copy(rd.Space(), wire))
		if err := rd.ReadResponseHead(&h, generous); err != nil {
			t.Fatal(err)
		}
		kept[i] = rd.Keep(&h, generous)
		h.Release()
	}
	if &kept[0][0] != &kept[1][0] {
		t.Error("the same head was copied")
	}
}

// A head that is kept is its own: not the one that was read into the same place
// before, nor may what is appended to it reach into another.
func TestKeptHeadIsNoOther(t *testing.T) {
	wires := []string{"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 404 Not Found\r\nC: d\r\n\r\n"}
	var rd http1.Reader
	rd.Reset(whole(""))
	defer rd.Release()
	var h http1.ResponseHead // not released in between
	var kept [2][]byte
	for i := range kept {
		rd.Advance(copy(rd.Space(), wires[i]))
		if err := rd.ReadResponseHead(&h, generous); err != nil {
			t.Fatal(err)
		}
		kept[i] = rd.Keep(&h, generous)
	}
	_ = append(kept[0], "overwritten"...)
	for i, want := range wires {
		if got := string(kept[i]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzKeptHeadIsReadAnew(f *testing.F) {
	f.Add([]byte(usual), []byte(usual), []byte("HTTP/1.1 204 No Content\r\nA: b\r\n c\r\n\r\n"), true)
	f.Fuzz(func(t *testing.T, first, second, third []byte, narrow bool) {
		lims := []*http1.Limits{generous, generous, generous, generous, generous, generous}
		if narrow {
			lims[2], lims[4] = tight, tight
		}
		wires := [][]byte{first, second, first, third, second, first}
		for i := range wires {
			wires[i] = bytes.Clone(wires[i]) // folded lines are mended in place
		}
		checkKept(t, wires, lims, make([]string, 6))
	})
}
