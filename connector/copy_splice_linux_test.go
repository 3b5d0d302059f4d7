package connector_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// large is more than comes with a head, and enough that the system is asked to move it.
var large = bytes.Repeat([]byte("0123456789abcdef"), 1<<16)

// getLarge asks a server that answers one request with large.
func getLarge(t *testing.T) *http.Response {
	t.Helper()
	ln := listenTCP(t)
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(large))+"\r\n\r\n")
		conn.Write(large) // fails where the client has given up
	}()
	c := connector.New()
	t.Cleanup(func() { c.Close() })
	req, err := http.NewRequest("GET", "http://"+ln.Addr().(*net.TCPAddr).String()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// What the system cannot move into a device is written to it, whose own error comes
// then. Moved by way of a pipe it would have been lost before the device was asked.
func TestBodyIsWrittenToAFileThatTakesNoSplice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	resp := getLarge(t)
	if _, err := io.Copy(full, resp.Body); !errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Errorf("got %v, want that the device is full", err)
	}
}

func TestBodyGoesWholeIntoEveryKindOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	open := func(t *testing.T, flag int) *os.File {
		t.Helper()
		f, err := os.OpenFile(path, flag|os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	tests := map[string]func(*testing.T) *os.File{
		"plain":     func(t *testing.T) *os.File { return open(t, 0) },
		"appending": func(t *testing.T) *os.File { return open(t, os.O_APPEND) },
		// Package os has not been told, as of a file that another program opened.
		"appending later": func(t *testing.T) *os.File {
			f := open(t, 0)
			raw, err := f.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			var errno syscall.Errno
			err = raw.Control(func(fd uintptr) {
				_, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETFL, syscall.O_APPEND)
			})
			if err != nil || errno != 0 {
				t.Fatal(err, errno)
			}
			return f
		},
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			n, err := io.Copy(file(t), getLarge(t).Body)
			if err != nil || n != int64(len(large)) {
				t.Errorf("got %d, %v", n, err)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, large) {
				t.Errorf("the file has %d octets of another content, %v", len(got), err)
			}
		})
	}
	t.Run("pipe", func(t *testing.T) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan []byte)
		go func() {
			all, _ := io.ReadAll(r)
			r.Close()
			got <- all
		}()
		n, err := io.Copy(w, getLarge(t).Body)
		w.Close()
		if all := <-got; err != nil || n != int64(len(large)) || !bytes.Equal(all, large) {
			t.Errorf("got %d, %v, and %d octets came through", n, err, len(all))
		}
	})
}
