package aiohttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// smallBody is up to which size a body from memory is copied, so that it goes
// out with the head in one write, without a goroutine of its own. It is what
// the connector sends that way.
const smallBody = 16 << 10

// defaultBodyType is the Content-Type of a body of which nothing is known.
//
// RFC 9110, section 8.3: "If a Content-Type header field is not present, the
// recipient MAY either assume a media type of "application/octet-stream" ... or
// examine the data to determine its type."
// https://www.rfc-editor.org/rfc/rfc9110#section-8.3-5
const defaultBodyType = "application/octet-stream"

// errNotReplayable is the cause when a redirect asks for a body that is gone.
var errNotReplayable = errors.New("redirect asks for the body again, which cannot be read twice")

// body is what a request carries, resolved from the fields of [Request].
type body struct {
	payload     []byte
	reader      io.Reader
	length      int64 // of reader; -1 when unknown
	reopen      func() (io.Reader, error)
	replay      *replay // behind reader, where it can be sought
	contentType string
	coding      string // that lies on it already, by Request.Compress
}

// from resolves a request's body, compressed where that is asked for, and refuses
// two of them.
func (b *body) from(req *Request) error {
	if req.Compress != "" && !coding.Encodes(req.Compress) {
		return fmt.Errorf("unknown compression %q", req.Compress)
	}
	if err := b.plain(req); err != nil || req.Compress == "" {
		return err
	}
	return b.compress(req.Compress)
}

// plain resolves a request's body as it was given.
func (b *body) plain(req *Request) error {
	if req.Body == nil && req.JSON == nil && req.Form == nil && req.Multipart == nil &&
		req.Bytes == nil && req.Text == "" && req.File == "" {
		return nil
	}
	if err := req.oneBody(); err != nil {
		return err
	}
	switch {
	case req.Bytes != nil:
		b.payload, b.contentType = req.Bytes, defaultBodyType
	case req.Text != "":
		b.payload, b.contentType = []byte(req.Text), "text/plain; charset=utf-8"
	case req.Form != nil:
		b.payload, b.contentType = []byte(req.Form.Encode()), "application/x-www-form-urlencoded"
	case req.JSON != nil:
		return b.fromJSON(req.JSON)
	case req.Multipart != nil:
		return b.fromForm(req.Multipart)
	case req.File != "":
		return b.fromFile(req.File)
	default:
		return b.fromReader(req.Body, req.ContentLength)
	}
	return nil
}

// oneBody refuses a request with two bodies.
func (r *Request) oneBody() error {
	var given []string
	for _, way := range [...]struct {
		name string
		set  bool
	}{
		{"Bytes", r.Bytes != nil}, {"Text", r.Text != ""}, {"JSON", r.JSON != nil},
		{"Form", r.Form != nil}, {"Multipart", r.Multipart != nil}, {"File", r.File != ""}, {"Body", r.Body != nil},
	} {
		if way.set {
			given = append(given, way.name)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("request with more than one body: %s", strings.Join(given, " and "))
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

// fromForm takes a form, whose files are opened when their turn comes. Each
// attempt reads a body of its own.
func (b *body) fromForm(f *form.Form) error {
	encoded, err := f.Encode()
	if err != nil {
		return err
	}
	b.contentType = encoded.ContentType
	if content, ok := encoded.Bytes(); ok {
		b.payload = content
		return encoded.Close()
	}
	b.reader, b.length = encoded, encoded.Length
	if encoded.Replayable() {
		b.reopen = func() (io.Reader, error) {
			again, err := encoded.Reopen()
			if err != nil {
				return nil, err
			}
			return again, nil
		}
	}
	return nil
}

// fromFile opens a file. A second attempt opens it anew, since the first one's
// may still be being read.
func (b *body) fromFile(path string) error {
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
	b.contentType = fileType(path)
	switch {
	case !info.Mode().IsRegular(): // a pipe or a device: read once, to its end
		b.reader, b.length = f, -1
	case info.Size() == 0:
		f.Close()
	default:
		b.reader, b.length = f, info.Size()
		b.reopen = func() (io.Reader, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err // not f: a nil *os.File is no nil io.Reader
			}
			return f, nil
		}
	}
	return nil
}

// fileType gives the media type of a file by its name.
func fileType(path string) string {
	if t := mime.TypeByExtension(filepath.Ext(path)); t != "" {
		return t
	}
	return defaultBodyType
}

// rewind makes the body ready to be sent again.
func (b *body) rewind() error {
	if b.reader == nil {
		return nil
	}
	if b.reopen == nil {
		return errNotReplayable
	}
	reader, err := b.reopen()
	if err != nil {
		return fmt.Errorf("redirect asks for the body again: %w", err)
	}
	b.reader = reader
	return nil
}

// close closes a body that the connector was not given.
func (b *body) close() {
	if c, ok := b.reader.(io.Closer); ok {
		c.Close()
	}
}

// release says that the body is not sent again. An attempt that is still
// sending it goes on.
func (b *body) release() {
	if b.replay != nil {
		b.replay.release()
	}
}

// describe gives the body to the call and adds its Content-Type, unless the
// request or the session has one.
func (b *body) describe(call *connector.Call, head []byte, h *hop) []byte {
	if b.payload != nil || b.reader != nil {
		call.Payload, call.Body, call.Length, call.Rewind = b.payload, b.reader, b.length, b.reopen
	}
	if b.contentType != "" && !h.typed() {
		head = http1.AppendField(head, "Content-Type", b.contentType)
	}
	if b.coding != "" {
		head = http1.AppendField(head, "Content-Encoding", b.coding)
	}
	return head
}

// closeUnsent closes the body of a request that is not sent at all.
func closeUnsent(req *Request) {
	if c, ok := req.Body.(io.Closer); ok {
		c.Close()
	}
}
