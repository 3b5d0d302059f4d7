package connector_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// serve answers on every connection to ln.
func (w *faultWorld) serve(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		w.served.Go(func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(faultPatience)) // nothing comes through a stalled one
			in := bufio.NewReader(conn)
			for w.serveOne(conn, in) {
			}
		})
	}
}

// serveOne answers one request in one of many ways, and tells whether there may be
// another.
func (w *faultWorld) serveOne(conn net.Conn, in *bufio.Reader) bool {
	req, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	id, size, _ := strings.Cut(strings.Trim(req.URL.Path, "/"), "/")
	w.mu.Lock()
	w.seen[id]++
	w.mu.Unlock()
	act := w.roll(24)
	if req.Header.Get("Expect") != "" && act > 2 {
		io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	if act == 0 { // an answer before the body
		fmt.Fprintf(conn, "HTTP/1.1 413 Content Too Large\r\nX-Id: %s\r\nConnection: close\r\n", id)
		w.body(conn, faultAnswer(id, int(size[0]-'0')), false)
		io.CopyN(io.Discard, in, 1<<20)
		return false
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return false
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(body))
	if sum != req.Header.Get("X-Sum") {
		w.t.Errorf("request %s arrived with the body of another", id)
	}
	switch act {
	case 1, 2:
		return false // no answer
	case 3:
		io.WriteString(conn, "HTTP/1.1 200")
		return false
	case 4:
		time.Sleep(faultLimit + time.Second)
		return false
	case 5, 6:
		time.Sleep(time.Duration(w.roll(1000)) * time.Millisecond)
	}
	fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nX-Id: %s\r\nX-Sum: %s\r\n", id, sum)
	if !w.body(conn, faultAnswer(id, int(size[0]-'0')), act%2 == 0) {
		return false
	}
	if act == 7 || act == 8 { // a server that closes what rests, without having said so
		time.Sleep(time.Duration(w.roll(300)) * time.Millisecond)
		return false
	}
	return true
}

// body sends the rest of a head and a body, whole or not.
func (w *faultWorld) body(conn net.Conn, p []byte, chunked bool) bool {
	whole := w.roll(12) > 0
	if !whole {
		defer conn.Close()
	}
	if !chunked {
		fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n", len(p))
		if !whole {
			p = p[:w.roll(len(p)+1)]
		}
		_, err := conn.Write(p)
		return err == nil && whole
	}
	io.WriteString(conn, "Transfer-Encoding: chunked\r\n\r\n")
	for len(p) > 0 {
		if !whole && w.roll(4) == 0 {
			return false
		}
		n := min(len(p), 1+w.roll(40_000))
		if _, err := fmt.Fprintf(conn, "%x\r\n%s\r\n", n, p[:n]); err != nil {
			return false
		}
		p = p[n:]
	}
	if !whole {
		return false
	}
	_, err := io.WriteString(conn, "0\r\n\r\n")
	return err == nil
}
