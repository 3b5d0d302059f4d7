package http1_test

import (
	"errors"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// generous are limits that a test which is not about limits never meets.
var generous = &http1.Limits{LineBytes: 8190, HeadBytes: 256 << 10, Fields: 128}

// feed is a source that gives its parts one a read, and then err.
type feed struct {
	parts []string
	err   error
}

func (f *feed) Read(p []byte) (int, error) {
	for len(f.parts) > 0 && f.parts[0] == "" {
		f.parts = f.parts[1:]
	}
	if len(f.parts) == 0 {
		return 0, f.err
	}
	n := copy(p, f.parts[0])
	f.parts[0] = f.parts[0][n:]
	return n, nil
}

// whole gives a wire in one read, and then the end.
func whole(wire string) io.Reader { return &feed{[]string{wire}, io.EOF} }

// errWaiting is what a source gives that has nothing more for now.
var errWaiting = errors.New("waiting for more input")

// open gives a wire in one read, and is not at its end.
func open(wire string) io.Reader { return &feed{[]string{wire}, errWaiting} }

// everySplit runs read over the wire whole, octet by octet and in every split
// into two, and gives the result, which must be the same each time.
func everySplit[T any](t testing.TB, wire string, read func(io.Reader) T) T {
	t.Helper()
	want := read(whole(wire))
	check := func(got T, how string) {
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%q %s reads otherwise than whole (-whole +%[2]s):\n%s", wire, how, cmp.Diff(want, got))
		}
	}
	check(read(octets(wire)), "octet by octet")
	for i := 1; i < len(wire); i++ {
		check(read(&feed{[]string{wire[:i], wire[i:]}, io.EOF}), "split at "+strconv.Itoa(i))
	}
	return want
}

func octets(wire string) io.Reader { return &feed{strings.Split(wire, ""), io.EOF} }

// head is all that the reading of a head gives, in a form to compare.
type head struct {
	Err           string // see class
	Status, Minor int
	Reason        string
	Fields        [][2]string
	ContentLength int64
	Chunked       bool
	Close         bool
	Rest          string // what was left behind the head
}

// readHead reads one head of an answer to a request of the given method.
func readHead(src io.Reader, method string, lim *http1.Limits) head {
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	h := http1.ResponseHead{Method: method}
	if err := rd.ReadResponseHead(&h, lim); err != nil {
		return head{Err: class(err)}
	}
	got := head{
		Status: h.Status, Minor: h.Minor, Reason: string(h.Reason),
		ContentLength: h.ContentLength, Chunked: h.Chunked, Close: h.Close,
	}
	for name, value := range h.Fields.All() {
		got.Fields = append(got.Fields, [2]string{string(name), string(value)})
	}
	rest, err := io.ReadAll(&rd)
	got.Rest, got.Err = string(rest), class(err)
	return got
}

// class tells errors apart as far as a test cares: by their kind and problem,
// not by the octets they show.
func class(err error) string {
	var protocol *http1.ProtocolError
	var limit *http1.LimitError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &protocol):
		return "malformed: " + protocol.Problem
	case errors.As(err, &limit):
		return "more than " + strconv.Itoa(limit.Max) + " " + limit.What
	}
	return err.Error()
}

// content is all that the reading of a body gives, in a form to compare.
type content struct {
	Err     string
	Data    string
	Trailer string
	Done    bool
	Rest    string
}

// readContent reads a body, in pieces of at most piece octets.
func readContent(src io.Reader, kind http1.BodyKind, length int64, lim *http1.Limits, piece int) content {
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	var b http1.Body
	b.Reset(&rd, kind, length, lim)
	var got content
	var data []byte
	p := make([]byte, piece)
	for {
		n, err := b.Read(p)
		data = append(data, p[:n]...)
		if err == nil {
			continue
		}
		got.Data = string(data)
		if err != io.EOF {
			got.Err = class(err)
			return got
		}
		got.Trailer, got.Done = string(b.Trailer()), b.Done()
		rest, _ := io.ReadAll(&rd)
		got.Rest = string(rest)
		return got
	}
}

// decodeChunked reads a chunked body in every split and with pieces of several
// sizes. What it gives must not depend on them.
func decodeChunked(t testing.TB, wire string, lim *http1.Limits) content {
	t.Helper()
	var want content
	for i, piece := range []int{4096, 1, 3} {
		got := everySplit(t, wire, func(src io.Reader) content {
			return readContent(src, http1.Chunked, 0, lim, piece)
		})
		if i == 0 {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q read in pieces of %d differs:\n%s", wire, piece, diff)
		}
	}
	return want
}

// noLimits are limits that are never met.
var noLimits = &http1.Limits{LineBytes: math.MaxInt, HeadBytes: math.MaxInt, Fields: math.MaxInt}
