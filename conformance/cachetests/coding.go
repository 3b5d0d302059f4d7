package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
)

// One test answers with a transfer coding that does not exist, to see that the
// field is not stored. Our connector refuses such a response, as a client should
// that cannot decode it, so that the cache would not see it. So below the connector
// the field gets another name of the same length, and above it its own again.
const (
	fieldName = "Transfer-Encoding"
	otherName = "Transfer-Fictions"
)

// dial connects to the suite's server, and renames what it answers.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &renaming{conn}, nil
}

// renaming is a conn that renames the field where it holds no coding that there is.
// The server writes a head at once, so that no field is cut in two.
type renaming struct{ net.Conn }

func (c *renaming) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	line := []byte("\r\n" + fieldName + ": ")
	for rest := p[:n]; ; {
		at := bytes.Index(rest, line)
		if at < 0 {
			return n, err
		}
		value := rest[at+len(line):]
		if !bytes.HasPrefix(value, []byte("chunked\r\n")) {
			copy(rest[at+2:], otherName)
		}
		rest = value
	}
}

// restoring gives the field its own name.
type restoring struct{ next http.RoundTripper }

func (r restoring) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err == nil && resp.Header[otherName] != nil {
		resp.Header[fieldName] = resp.Header[otherName]
		delete(resp.Header, otherName)
	}
	return resp, err
}
