package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// rawWorker has a connection and writes and reads it itself.
type rawWorker struct {
	conn net.Conn
	host string
	buf  []byte
}

func (w *rawWorker) get(u *url.URL, file string) error {
	if w.conn == nil || w.host != u.Host {
		if w.conn != nil {
			w.conn.Close()
		}
		var err error
		if w.conn, err = net.Dial("tcp", u.Host); err != nil {
			return err
		}
		w.host = u.Host
	}
	request := append(w.buf[:0], "GET "+u.RequestURI()+" HTTP/1.1\r\nHost: "+u.Host+"\r\nUser-Agent: getter\r\n\r\n"...)
	if _, err := w.conn.Write(request); err != nil {
		return err
	}
	start, length, err := w.readHead()
	if err != nil {
		return fmt.Errorf("%s: %w", u, err)
	}
	return w.save(file, start, length)
}

// readHead reads up to the end of the head, gives what of the body came with it,
// and the length of the body.
func (w *rawWorker) readHead() (start []byte, length int64, err error) {
	for held := 0; held < len(w.buf); {
		n, err := w.conn.Read(w.buf[held:])
		if err != nil {
			return nil, 0, err
		}
		held += n
		head, body, ok := bytes.Cut(w.buf[:held], []byte("\r\n\r\n"))
		if !ok {
			continue
		}
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
			return nil, 0, fmt.Errorf("got %.20q", head)
		}
		length, err := contentLength(string(head))
		return body, length, err
	}
	return nil, 0, errors.New("head too long")
}

func contentLength(head string) (int64, error) {
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(line, ":")
		if http.CanonicalHeaderKey(name) == "Content-Length" {
			return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, errors.New("no Content-Length")
}

// save writes a body; what lies still in the socket goes to the file without
// passing through the process, where the system can do that.
func (w *rawWorker) save(file string, start []byte, length int64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = f.Write(start)
	if rest := length - int64(len(start)); err == nil && rest > 0 {
		_, err = io.CopyN(f, w.conn, rest)
	}
	return errors.Join(err, f.Close())
}
