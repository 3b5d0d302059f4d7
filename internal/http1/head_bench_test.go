package http1_test

import (
	"io"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// usual is a head as sites send it: 8 fields, 300 octets.
const usual = "HTTP/1.1 200 OK\r\n" +
	"Date: Sun, 22 Nov 2026 20:00:00 GMT\r\n" +
	"Content-Type: text/html; charset=utf-8\r\n" +
	"Content-Length: 5\r\n" +
	"Connection: keep-alive\r\n" +
	"Server: nginx/1.22.1\r\n" +
	"Last-Modified: Mon, 16 Nov 2026 08:12:31 GMT\r\n" +
	"ETag: \"5f1c9e3a-1a2b\"\r\n" +
	"Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n" +
	"\r\n"

// again is a source that gives the same octets with each read.
type again struct{ wire []byte }

func (a *again) Read(p []byte) (int, error) { return copy(p, a.wire), nil }

func BenchmarkReadResponseHead(b *testing.B) {
	src := &again{[]byte(usual)}
	var rd http1.Reader
	rd.Reset(src)
	b.ReportAllocs()
	b.SetBytes(int64(len(usual)))
	for b.Loop() {
		var h http1.ResponseHead
		if err := rd.ReadResponseHead(&h, generous); err != nil {
			b.Fatal(err)
		}
		rd.Release()
	}
}

func BenchmarkFieldsGet(b *testing.B) {
	fields := http1.Fields(usual[len("HTTP/1.1 200 OK\r\n") : len(usual)-2])
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := fields.Get("content-encoding"); ok {
			b.Fatal("found")
		}
	}
}

func BenchmarkFieldsHeader(b *testing.B) {
	fields := http1.Fields(usual[len("HTTP/1.1 200 OK\r\n") : len(usual)-2])
	var backing [16]string
	b.ReportAllocs()
	for b.Loop() {
		if len(fields.Header(backing[:0], nil)) != 8 {
			b.Fatal("fields are missing")
		}
	}
}

func BenchmarkReadChunked(b *testing.B) {
	const chunk = 1 << 10
	one := append(http1.AppendChunkHeader(nil, chunk), make([]byte, chunk)...)
	one = append(one, "\r\n"...)
	var wire []byte
	for range 64 {
		wire = append(wire, one...)
	}
	src := &source{wire: append(wire, "0\r\n\r\n"...)}
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	p := make([]byte, 32<<10)
	b.ReportAllocs()
	b.SetBytes(64 * chunk)
	for b.Loop() {
		src.at = 0
		var body http1.Body
		body.Reset(&rd, http1.Chunked, 0, generous)
		for {
			_, err := body.Read(p)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// source gives its octets from where it stands.
type source struct {
	wire []byte
	at   int
}

func (s *source) Read(p []byte) (int, error) {
	if s.at == len(s.wire) {
		return 0, io.EOF
	}
	n := copy(p, s.wire[s.at:])
	s.at += n
	return n, nil
}
