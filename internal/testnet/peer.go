package testnet

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// DefaultScriptTimeout is how long each step of a [Script] may take.
const DefaultScriptTimeout = 10 * time.Second

// Script is a test that plays the peer: what it expects and what it says, line by
// line. A step that does not come true fails the test at once, with what came
// instead. It is not safe for concurrent use, and as it calls Fatalf it belongs to
// the test's own goroutine: what is tested runs in another.
type Script struct {
	// Timeout is how long each step may take. Peer sets DefaultScriptTimeout. In a
	// synctest bubble it is fake time, and costs nothing.
	Timeout time.Duration

	t    testing.TB
	conn net.Conn
}

// Peer gives a script on one end of a connection, a *[Conn] or any other, such as a
// *tls.Conn. The connection is closed at the end of the test if it was not before.
func Peer(t testing.TB, conn net.Conn) *Script {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	return &Script{Timeout: DefaultScriptTimeout, t: t, conn: conn}
}

// Accept gives a script on the next connection that the listener takes.
func Accept(t testing.TB, ln net.Listener) *Script {
	t.Helper()
	timeout := time.AfterFunc(DefaultScriptTimeout, func() { ln.Close() })
	defer timeout.Stop()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatalf("accept at %v: %v", ln.Addr(), err)
	}
	return Peer(t, conn)
}

// Conn is the connection that the script plays on.
func (s *Script) Conn() net.Conn { return s.conn }

// WantRead expects exactly these bytes next, in one piece or many.
func (s *Script) WantRead(want string) {
	s.t.Helper()
	s.readDeadline()
	got := make([]byte, 0, len(want))
	for len(got) < len(want) {
		n, err := s.conn.Read(got[len(got):len(want)])
		got = got[:len(got)+n]
		if !strings.HasPrefix(want, string(got)) {
			s.t.Fatalf("read other bytes than wanted:\n%s", diff(string(got), want))
		}
		if err != nil && len(got) < len(want) {
			s.t.Fatalf("read: %v, after %d of %d wanted bytes:\n%s", err, len(got), len(want), diff(string(got), want))
		}
	}
}

// WantHead reads up to and with the next blank line, and gives it all: the head of
// an HTTP/1.1 message.
func (s *Script) WantHead() string {
	s.t.Helper()
	s.readDeadline()
	var head strings.Builder
	one := make([]byte, 1) // never more, as what follows is not ours to take
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		if _, err := io.ReadFull(s.conn, one); err != nil {
			s.t.Fatalf("read: %v, before the blank line that ends a head, after\n%s", err, quoteLines(head.String()))
		}
		head.Write(one)
	}
	return head.String()
}

// WantBytes reads the next n bytes, whatever they are.
func (s *Script) WantBytes(n int) string {
	s.t.Helper()
	s.readDeadline()
	got := make([]byte, n)
	if n, err := io.ReadFull(s.conn, got); err != nil {
		s.t.Fatalf("read: %v, after %d of %d wanted bytes:\n%s", err, n, len(got), quoteLines(string(got[:n])))
	}
	return string(got)
}

// WantEOF expects the peer to end its stream here.
func (s *Script) WantEOF() {
	s.t.Helper()
	s.readDeadline()
	s.wantEnd("the end of the stream", func(err error) bool { return err == io.EOF })
}

// WantReset expects the peer to break the connection off here.
func (s *Script) WantReset() {
	s.t.Helper()
	s.readDeadline()
	s.wantEnd("a reset", func(err error) bool { return errors.Is(err, syscall.ECONNRESET) })
}

// WantSilence expects that nothing comes for d, neither bytes nor an end. It is for
// synctest bubbles, where the time is fake.
func (s *Script) WantSilence(d time.Duration) {
	s.t.Helper()
	s.check("set a deadline", s.conn.SetReadDeadline(time.Now().Add(d)))
	s.wantEnd(fmt.Sprintf("nothing for %v", d), func(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) })
}

func (s *Script) wantEnd(want string, is func(error) bool) {
	s.t.Helper()
	buf := make([]byte, 4096)
	n, err := s.conn.Read(buf)
	if n > 0 {
		s.t.Fatalf("read %d bytes, wanted %s:\n%s", n, want, quoteLines(string(buf[:n])))
	}
	if !is(err) {
		s.t.Fatalf("read: %v, wanted %s", err, want)
	}
}

// Write says these bytes.
func (s *Script) Write(text string) {
	s.t.Helper()
	s.check("set a deadline", s.conn.SetWriteDeadline(time.Now().Add(s.Timeout)))
	_, err := io.WriteString(s.conn, text)
	s.check("write", err)
}

// CloseWrite ends the stream to the peer, and goes on reading.
func (s *Script) CloseWrite() {
	s.t.Helper()
	conn, ok := s.conn.(interface{ CloseWrite() error })
	if !ok {
		s.t.Fatalf("%T has no CloseWrite", s.conn)
	}
	s.check("close the writing side", conn.CloseWrite())
}

// Close ends the connection.
func (s *Script) Close() {
	s.t.Helper()
	s.check("close", s.conn.Close())
}

// Reset breaks the connection off.
func (s *Script) Reset() {
	s.t.Helper()
	conn, ok := s.conn.(interface{ Reset() error })
	if !ok {
		s.t.Fatalf("%T has no Reset", s.conn)
	}
	s.check("reset", conn.Reset())
}

func (s *Script) readDeadline() {
	s.t.Helper()
	s.check("set a deadline", s.conn.SetReadDeadline(time.Now().Add(s.Timeout)))
}

func (s *Script) check(step string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", step, err)
	}
}

// Serve gives each connection that ln takes to a function, in a goroutine of its own,
// and closes it then. It returns when ln is closed.
func Serve(ln net.Listener, serve func(net.Conn)) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			serve(conn)
		}()
	}
}
