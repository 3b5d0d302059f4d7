package peer

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/origin"
)

// openRaw is the least that a client in Go can do: it is the bound for all
// others.
func openRaw(t Target) (Client, error) {
	path := t.URL()[strings.Index(t.URL(), t.Addr)+len(t.Addr):]
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + t.Addr +
		"\r\nUser-Agent: raw\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
	worker := func() (Exchange, error) {
		conn, err := dial(t)
		if err != nil {
			return nil, err
		}
		buf := make([]byte, 4<<10)
		return func() error {
			if _, err := conn.Write(request); err != nil {
				return err
			}
			return readRaw(conn, buf)
		}, nil
	}
	return Client{Worker: worker, Close: func() {}}, nil // the process ends behind it
}

func dial(t Target) (net.Conn, error) {
	if t.Secure {
		return tls.Dial("tcp", t.Addr, BelieveAll())
	}
	return net.Dial("tcp", t.Addr)
}

// readRaw reads up to the end of the body, whose length it knows.
func readRaw(conn io.Reader, buf []byte) error {
	held, end := 0, -1
	for end < 0 || held < end+origin.BodyBytes {
		n, err := conn.Read(buf[held:])
		if err != nil {
			return err
		}
		held += n
		if end < 0 {
			if at := bytes.Index(buf[:held], []byte("\r\n\r\n")); at >= 0 {
				end = at + len("\r\n\r\n")
			}
		}
	}
	if !bytes.HasPrefix(buf, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("got %.20q", buf)
	}
	return check(http.StatusOK, held-end)
}
