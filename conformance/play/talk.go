package play

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

const (
	readPatience  = 60 * time.Second
	writePatience = 40 * time.Second
	drainPatience = 20 * time.Second
	finPatience   = 2 * time.Second
	maxHead       = 4 << 20
)

// errOver ends a connection.
var errOver = errors.New("play: the script ends the connection")

// talk is one connection of a server.
type talk struct {
	server *server
	conn   *net.TCPConn
	number int
	r      *bufio.Reader

	req      *request
	head     []byte
	bodyRead bool
}

func newTalk(s *server, conn *net.TCPConn, number int) *talk {
	return &talk{server: s, conn: conn, number: number, r: bufio.NewReaderSize(conn, 16<<10)}
}

// run answers requests until the script or the client ends the connection.
func (t *talk) run() {
	if _, err := t.conn.Write(t.server.vector.OnAccept); err != nil {
		return
	}
	for t.answer() == nil {
	}
}

// answer reads one request and plays the script for it.
func (t *talk) answer() error {
	if err := t.readHead(); err != nil {
		return err
	}
	if strings.HasPrefix(t.req.target, followTarget) {
		_, err := fmt.Fprintf(t.conn, "HTTP/1.1 200 OK\r\n%s: %d\r\nContent-Length: %d\r\n\r\n%s", connField, t.number, len(followBody), followBody)
		return err
	}
	if t.server.vector.Read != "head" {
		if err := t.readBody(); err != nil {
			return err
		}
	}
	if err := t.play(t.script()); err != nil {
		return err
	}
	return t.readBody()
}

// play does the ops up to one that says to keep the connection.
func (t *talk) play(script []vector.Op) error {
	t.server.sending.Add(1)
	sent := sync.OnceFunc(func() { t.server.sending.Add(-1) })
	defer sent()
	for i, op := range script {
		if op.Op == "keep" {
			break
		}
		if !slices.ContainsFunc(script[i:], func(op vector.Op) bool { return op.Op == "send" }) {
			sent()
		}
		if err := t.do(op); err != nil {
			return err
		}
	}
	return nil
}

var notFound = []vector.Op{{Op: "send", Data: []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), Repeat: 1}}

func (t *talk) script() []vector.Op {
	v := t.server.vector
	if v.Routes == nil {
		return v.Script
	}
	for _, target := range []string{t.req.target, "*"} {
		if script := v.Routes[target]; script != nil {
			return script
		}
	}
	return notFound
}

// readHead reads the head of a request. Part of one is recorded too.
func (t *talk) readHead() error {
	t.conn.SetReadDeadline(time.Now().Add(readPatience))
	var head []byte
	for {
		line, err := t.r.ReadSlice('\n')
		head = append(head, line...)
		if err != nil && err != bufio.ErrBufferFull {
			if len(head) > 0 {
				t.server.note(&request{conn: t.number, raw: head})
			}
			return err
		}
		if err == nil && len(bytes.TrimRight(line, "\r\n")) == 0 && len(head) > 2 {
			break
		}
		if len(head) > maxHead {
			return errOver
		}
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	target := ""
	if words := strings.SplitN(string(first), " ", 3); len(words) > 1 {
		target = strings.TrimRight(words[1], "\r")
	}
	t.req = &request{conn: t.number, target: target, raw: bytes.Clone(head)}
	t.head, t.bodyRead = head, false
	t.server.note(t.req)
	return nil
}

// do plays one op.
func (t *talk) do(op vector.Op) error {
	switch op.Op {
	case "send":
		return t.send(op)
	case "sleep":
		select {
		case <-time.After(time.Duration(op.MS) * time.Millisecond):
			return nil
		case <-t.server.done:
			return errOver
		}
	case "read_body":
		return t.readBody()
	case "shutwr":
		return t.conn.CloseWrite()
	case "drain":
		return t.drain()
	case "fin":
		t.conn.CloseWrite()
		t.conn.SetReadDeadline(time.Now().Add(finPatience))
		io.Copy(recorder{t.req}, t.r)
		return errOver
	case "rst":
		t.conn.SetLinger(0)
		return errOver
	}
	return fmt.Errorf("play: unknown op %q", op.Op)
}

func (t *talk) send(op vector.Op) error {
	data := op.Data
	if t.server.vector.Routes != nil {
		data = bytes.ReplaceAll(data, []byte("{PORT}"), []byte(t.server.port))
	}
	t.conn.SetWriteDeadline(time.Now().Add(writePatience))
	for range op.Repeat {
		if _, err := t.conn.Write(data); err != nil {
			return err
		}
	}
	return nil
}

func (t *talk) drain() error {
	t.conn.SetReadDeadline(time.Now().Add(drainPatience))
	if t.server.vector.Read == "head" && !t.bodyRead {
		return t.readBody()
	}
	_, err := io.Copy(io.Discard, t.r)
	return err
}

// recorder adds what is written to a request.
type recorder struct{ req *request }

func (r recorder) Write(p []byte) (int, error) {
	r.req.record(p)
	return len(p), nil
}
