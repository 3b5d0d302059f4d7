package aiohttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// body is what a request carries, resolved from the fields of [Request].
type body struct {
	payload     []byte
	reader      io.Reader
	length      int64 // of reader; -1 when unknown
	reopen      func() (io.Reader, error)
	contentType string
}

// from resolves a request's body and refuses two of them.
func (b *body) from(req *Request) error {
	var given []string
	for _, way := range []struct {
		name string
		set  bool
	}{
		{"Bytes", req.Bytes != nil}, {"Text", req.Text != ""}, {"JSON", req.JSON != nil},
		{"Form", req.Form != nil}, {"File", req.File != ""}, {"Body", req.Body != nil},
	} {
		if way.set {
			given = append(given, way.name)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("request with more than one body: %s", strings.Join(given, " and "))
	}
	switch {
	case len(given) == 0:
		return nil
	case req.Bytes != nil:
		b.payload, b.contentType = req.Bytes, "application/octet-stream"
	case req.Text != "":
		b.payload, b.contentType = []byte(req.Text), "text/plain; charset=utf-8"
	case req.Form != nil:
		b.payload, b.contentType = []byte(req.Form.Encode()), "application/x-www-form-urlencoded"
	case req.JSON != nil:
		return b.fromJSON(req.JSON)
	case req.File != "":
		return b.fromFile(req.File)
	default:
		b.fromReader(req.Body, req.ContentLength)
	}
	return nil
}

func (b *body) fromJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding the JSON body: %w", err)
	}
	b.payload, b.contentType = data, "application/json"
	return nil
}

func (b *body) fromFile(path string) error {
	open := func() (io.Reader, error) { return os.Open(path) }
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &fs.PathError{Op: "send", Path: path, Err: errors.New("is a directory")}
	}
	if err != nil {
		f.Close()
		return err
	}
	b.reader, b.length, b.reopen = f, info.Size(), open
	if !info.Mode().IsRegular() {
		b.length, b.reopen = -1, nil
	}
	b.contentType = mime.TypeByExtension(filepath.Ext(path))
	if b.contentType == "" {
		b.contentType = "application/octet-stream"
	}
	if b.length == 0 {
		f.Close()
		b.reader = nil
	}
	return nil
}

// fromReader takes a reader, whose length some types tell.
func (b *body) fromReader(r io.Reader, length int64) {
	b.reader, b.length, b.contentType = r, -1, "application/octet-stream"
	switch r := r.(type) {
	case *bytes.Reader:
		b.length = int64(r.Len())
	case *strings.Reader:
		b.length = int64(r.Len())
	case *bytes.Buffer:
		data := r.Bytes()
		b.length = int64(len(data))
		b.reader = bytes.NewReader(data)
		r.Reset()
	case *os.File:
		b.length = restOfFile(r)
	}
	if length > 0 {
		b.length = length
	}
	if b.length == 0 {
		b.close()
		b.reader = nil
		return
	}
	b.reopen = rewinder(b.reader)
}

// restOfFile gives the number of bytes from a regular file's position to its
// end, or -1.
func restOfFile(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return -1
	}
	return max(info.Size()-at, 0)
}

// rewinder gives a way to read again what can be sought, and nil else. A reader
// that is closed after its first reading cannot be read again.
func rewinder(r io.Reader) func() (io.Reader, error) {
	seeker, ok := r.(io.Seeker)
	if !ok {
		return nil
	}
	if _, closes := r.(io.Closer); closes {
		return nil
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil
	}
	return func() (io.Reader, error) {
		_, err := seeker.Seek(start, io.SeekStart)
		return r, err
	}
}

// rewind makes the body ready to be sent again.
func (b *body) rewind() error {
	if b.reader == nil {
		return nil
	}
	if b.reopen == nil {
		return errors.New("redirect asks for the body again, which cannot be read twice")
	}
	var err error
	b.reader, err = b.reopen()
	return err
}

func (b *body) close() {
	if c, ok := b.reader.(io.Closer); ok {
		c.Close()
	}
}

// describe gives the body to the call and adds its Content-Type, unless the
// request has one.
func (b *body) describe(call *connector.Call, head []byte, own http.Header) []byte {
	call.Payload, call.Body, call.Length, call.Rewind = b.payload, b.reader, b.length, b.reopen
	if b.contentType != "" && !overridden(own, "Content-Type") {
		head = http1.AppendField(head, "Content-Type", b.contentType)
	}
	return head
}

// closeUnsent closes the body of a request that is not sent at all.
func closeUnsent(req *Request) {
	if c, ok := req.Body.(io.Closer); ok {
		c.Close()
	}
}
