package differ_test

import (
	"bytes"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/differ"
	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

// vectorCases are the vectors whose answers do not depend on the request's
// octets, and are not large.
func vectorCases(t testing.TB) []differ.Case {
	vectors, err := vector.LoadClients("../testdata/client_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []differ.Case
	for _, v := range vectors {
		var wire bytes.Buffer
		for _, op := range v.Script {
			wire.Write(op.Data)
		}
		if wire.Len() > 0 && wire.Len() <= 16<<10 {
			cases = append(cases, differ.Case{Method: v.Method, Wire: wire.Bytes()})
		}
	}
	return cases
}

// seeds are one case at least for each rule, and what a generator seldom finds.
func seeds() []differ.Case {
	const (
		ok      = "HTTP/1.1 200 OK\r\n"
		chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
		hello   = "Content-Length: 5\r\n\r\nhello"
	)
	wires := map[string][]string{
		"GET": {
			"", "H", ok, ok + "\r", ok + "\r\n", ok + hello + ok + hello,
			"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
			"HTTP/2.0 200 OK\r\n" + hello, "RTSP/1.0 200 OK\r\n" + hello, "\r\n" + ok + hello,
			"HTTP/1.1 099 OK\r\n" + hello, "HTTP/1.1  200 OK\r\n" + hello, "HTTP/1.3 200 OK\r\n" + hello,
			"HTTP/1.1 200 O\x00K\r\n" + hello, "HTTP/1.1 200 OK\r\r\n\r\n" + hello,
			ok + "A B: c\r\n" + hello, ok + "A : c\r\n" + hello, ok + "A: b\r\n c\r\n" + hello,
			"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
			ok + "Transfer-Encoding: gzip\r\n\r\nx", ok + "Transfer-Encoding: chunked\r\n \r\n\r\n0\r\n\r\n",
			ok + "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n",
			ok + "Content-Length: 5, 5\r\n\r\nhello", ok + "Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello",
			ok + "Content-Length: 5\t\r\n\r\nhello",
			ok + "Connection: close\t\r\n" + hello, "HTTP/1.0 200 OK\r\nConnection: close, keep-alive\r\n" + hello,
			ok + "Proxy-Connection: close\r\n" + hello,
			ok + "Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
			"HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n",
			"HTTP/1.1 204 No Content\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
			"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
			"HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n" + ok + hello,
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + ok + hello,
			chunked + "5 \r\nhello\r\n0\r\n\r\n", chunked + "5;\r\nhello\r\n0\r\n\r\n", chunked + "5;a=\r\nhello\r\n0\r\n\r\n",
			chunked + "5; a = b\r\nhello\r\n0\r\n\r\n", chunked + "000000000000000000005\r\nhello\r\n0\r\n\r\n",
			chunked + "5\r\nhello\r\n0\r\nA: b\r\n c\r\nD:\r\n\r\nx", chunked + "ffffffffffffffff\r\n", chunked + "5\r\nhello\r\n0\r\n",
		},
		"HEAD": {
			ok + "\r\n", ok + hello, chunked, ok + "Content-Length: x\r\n\r\n", ok + "Content-Length: 9223372036854775808\r\n\r\n",
		},
		"CONNECT": {
			ok + "\r\nx", ok + "Content-Length: x\r\n\r\n", ok + "Transfer-Encoding: gzip\r\n" + hello, "HTTP/1.1 407 No\r\n" + hello,
		},
	}
	var cases []differ.Case
	for _, method := range methods {
		for _, wire := range wires[method] {
			cases = append(cases, differ.Case{Method: method, Wire: []byte(wire)})
		}
	}
	return cases
}
