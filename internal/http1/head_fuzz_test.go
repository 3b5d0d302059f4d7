package http1_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// tight are limits that a fuzzer reaches.
var tight = &http1.Limits{LineBytes: 64, HeadBytes: 256, Fields: 8}

// seeds are heads for all that the parser tells apart.
var seeds = []string{
	"HTTP/1.1 200 OK\r\n\r\n",
	"HTTP/1.0 200\r\nConnection: close\r\nConnection: keep-alive\r\n\r\nbody",
	"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 204 No Content\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n",
	"HTTP/1.9 304 Not Modified\r\nA: b\r\n\tc\r\nD:\r\n\r\n",
	"HTTP/1.1 200 OK\nA : b\n\n",
	"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
}

// FuzzReadResponseHead checks that a head reads the same however it arrives,
// and that net/http accepts what we accept and frames its body in the same way,
// but for what accepted lists.
func FuzzReadResponseHead(f *testing.F) {
	for _, wire := range seeds {
		f.Add([]byte(wire), false)
		f.Add([]byte(wire), true)
	}
	f.Fuzz(func(t *testing.T, wire []byte, isHead bool) {
		method := "GET"
		if isHead {
			method = "HEAD"
		}
		for _, lim := range []*http1.Limits{tight, generous} {
			readOne := func(src io.Reader) head { return settled(readHead(src, method, lim)) }
			if len(wire) < 100 {
				everySplit(t, string(wire), readOne)
			} else if diff := cmp.Diff(readOne(whole(string(wire))), readOne(octets(string(wire)))); diff != "" {
				t.Fatalf("octet by octet reads otherwise than whole:\n%s", diff)
			}
		}
		compareHead(t, wire, method)
	})
}

// settled makes all refusals alike: of several reasons to refuse a head, which
// is met first depends on what has arrived.
func settled(h head) head {
	if strings.HasPrefix(h.Err, "malformed: ") || strings.HasPrefix(h.Err, "more than ") {
		h.Err = "refused"
	}
	return h
}

// compareHead compares with net/http.
func compareHead(t *testing.T, wire []byte, method string) {
	var rd http1.Reader
	rd.Reset(whole(string(wire)))
	defer rd.Release()
	h := http1.ResponseHead{Method: method}
	if rd.ReadResponseHead(&h, generous) != nil {
		return // that we are the stricter is no finding
	}
	kind, length := h.BodyOf(method)
	std, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(wire)), &http.Request{Method: method})
	if err != nil {
		if reason := accepted(&h, kind); reason == "" {
			t.Fatalf("%q: net/http says %v", wire, err)
		}
		return
	}
	defer std.Body.Close()
	if std.StatusCode != h.Status || min(std.ProtoMinor, 1) != h.Minor {
		t.Errorf("%q: status %d of 1.%d, net/http says %d of %s", wire, h.Status, h.Minor, std.StatusCode, std.Proto)
	}
	compareFields(t, h.Fields, std.Header)
	if kind == http1.NoBody {
		if data, _ := io.ReadAll(std.Body); len(data) > 0 {
			t.Errorf("%q: no body, net/http reads %q", wire, data)
		}
		return
	}
	if got := slices.Equal(std.TransferEncoding, []string{"chunked"}); got != (kind == http1.Chunked) || std.ContentLength != length {
		t.Errorf("%q: kind %d and length %d, net/http says %v and %d", wire, kind, length, std.TransferEncoding, std.ContentLength)
	}
	if ends := h.Close || kind == http1.UntilClose; ends != std.Close {
		t.Errorf("%q: close %v, net/http says %v", wire, ends, std.Close)
	}
}

// compareFields compares with the fields that net/http leaves in its map.
func compareFields(t *testing.T, fields http1.Fields, std http.Header) {
	ours := fields.Header(nil, nil)
	for name, values := range std {
		if name == "Content-Length" {
			continue // net/http mends a list of equal ones
		}
		for i, value := range values {
			// net/http joins a folded line with one space, we with several.
			values[i] = strings.Join(strings.Fields(value), " ")
		}
		for i, value := range ours[name] {
			ours[name][i] = strings.Join(strings.Fields(value), " ")
		}
		if diff := cmp.Diff(values, ours[name]); diff != "" {
			t.Errorf("%s: (-net/http +ours)\n%s", name, diff)
		}
	}
}

// accepted gives the reason for which we accept a head that net/http refuses,
// or nothing.
func accepted(h *http1.ResponseHead, kind http1.BodyKind) string {
	lengths := 0
	for name, value := range h.Fields.All() {
		switch {
		case http1.EqualFold(name, "content-length"):
			lengths++
			if bytes.IndexByte(value, ',') >= 0 {
				return "RFC 9112, section 6.3-2.5: a list of equal lengths is a length"
			}
		case http1.EqualFold(name, "trailer"):
			return "a forbidden name in Trailer is ignored, as is such a field in the trailer section"
		}
	}
	switch {
	case lengths > 1:
		return "RFC 9112, section 6.3-2.5: lengths of equal value may be written differently (5 and 05)"
	case kind == http1.NoBody && h.ContentLength != 0 && h.Close:
		return "RFC 9112, section 6.3-2.1: what the fields say about a body that cannot be does not count"
	}
	return ""
}
