package aiohttp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// defaultMaxBodyBytes bounds what is held in memory of one body.
const defaultMaxBodyBytes = 64 << 20

// maxLineBytes bounds one line that Lines gives.
const maxLineBytes = 1 << 20

// ErrBodyTooLarge is the cause when a body is larger than Options.MaxBodyBytes
// and was to be held in memory.
var ErrBodyTooLarge = errors.New("body too large to be held in memory")

// Bytes reads the whole body. It may be called again, as may Text and JSON: the
// content is kept. A body above Options.MaxBodyBytes gives [ErrBodyTooLarge].
func (r *Response) Bytes() ([]byte, error) {
	if r.held {
		return r.content, nil
	}
	limit := r.session.opts.MaxBodyBytes
	if limit == 0 {
		limit = defaultMaxBodyBytes
	}
	content, err := r.readAll(limit)
	r.Close()
	if err != nil {
		return nil, err
	}
	r.content, r.held = content, true
	return content, nil
}

func (r *Response) readAll(limit int64) ([]byte, error) {
	if limit >= 0 && r.ContentLength > limit {
		return nil, r.explain(fmt.Errorf("%w: %d bytes", ErrBodyTooLarge, r.ContentLength))
	}
	if r.ContentLength >= 0 && r.method != "HEAD" {
		content := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r, content)
		if err != nil {
			return nil, err
		}
		// The end is read as well: it gives the connection back.
		var one [1]byte
		if _, err = r.Read(one[:]); err != io.EOF {
			return nil, r.explain(errors.New("body longer than its Content-Length"))
		}
		return content, nil
	}
	var src io.Reader = onlyReader{r}
	if limit >= 0 {
		src = io.LimitReader(src, limit+1)
	}
	content, err := io.ReadAll(src)
	if err == nil && limit >= 0 && int64(len(content)) > limit {
		err = r.explain(fmt.Errorf("%w: over %d bytes", ErrBodyTooLarge, limit))
	}
	return content, err
}

// Text reads the whole body as text. Its charset is taken from a byte order
// mark, else from the Content-Type field, else from a meta element of HTML;
// without any of them it is UTF-8 if it can be, else Windows-1252, as browsers
// do. Octets that are invalid in it become U+FFFD.
func (r *Response) Text() (string, error) {
	content, err := r.Bytes()
	if err != nil {
		return "", err
	}
	return decodeText(content, r.Header("Content-Type"))
}

func decodeText(content []byte, contentType string) (string, error) {
	if bom := "\ufeff"; bytes.HasPrefix(content, []byte(bom)) {
		content = content[len(bom):]
		return strings.ToValidUTF8(string(content), "\ufffd"), nil
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && strings.EqualFold(params["charset"], "utf-8") {
		return strings.ToValidUTF8(string(content), "\ufffd"), nil
	}
	enc, name, certain := charset.DetermineEncoding(content, contentType)
	if name == "utf-8" || !certain && utf8.Valid(content) {
		return strings.ToValidUTF8(string(content), "\ufffd"), nil
	}
	text, err := enc.NewDecoder().Bytes(content)
	if err != nil {
		return "", fmt.Errorf("decoding the body as %s: %w", name, err)
	}
	return string(text), nil
}

// JSON reads the whole body and decodes it into v, as encoding/json does. The
// Content-Type is not checked; when decoding fails the error names it and
// shows how the body begins.
func (r *Response) JSON(v any) error {
	content, err := r.Bytes()
	if err != nil {
		return err
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if err := json.Unmarshal(content, v); err != nil {
		const most = 40
		return r.explain(fmt.Errorf("decoding JSON (Content-Type %q, status %d, body begins %q): %w",
			r.Header("Content-Type"), r.Status, content[:min(len(content), most)], err))
	}
	return nil
}

// JSON reads the body of resp and decodes it into a new T.
func JSON[T any](resp *Response) (T, error) {
	var v T
	err := resp.JSON(&v)
	return v, err
}

// Lines yields the body line by line, as text, without the line ends (LF or
// CRLF). An error ends it. Leaving the loop closes the response.
func (r *Response) Lines() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		defer r.Close()
		var src io.Reader = onlyReader{r}
		if enc, name := declaredCharset(r.Header("Content-Type")); enc != nil && name != "utf-8" {
			src = transform.NewReader(src, enc.NewDecoder())
		}
		scanner := bufio.NewScanner(src)
		scanner.Buffer(nil, maxLineBytes)
		for scanner.Scan() {
			if !yield(scanner.Text(), nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			if errors.Is(err, bufio.ErrTooLong) {
				err = fmt.Errorf("line above the limit of %d bytes", maxLineBytes)
			}
			yield("", r.explain(err))
		}
	}
}

// declaredCharset gives the encoding that a Content-Type names, or nil.
func declaredCharset(contentType string) (encoding.Encoding, string) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["charset"] == "" {
		return nil, ""
	}
	return charset.Lookup(params["charset"])
}

// Chunks yields the body in pieces as they arrive, of at most 64 KiB. A piece
// is good until the next round of the loop. An error ends it. Leaving the loop
// closes the response.
func (r *Response) Chunks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		defer r.Close()
		buf := chunkBuffers.Get().(*chunkBuffer)
		defer chunkBuffers.Put(buf)
		for {
			n, err := r.Read(buf.b[:])
			if n > 0 && !yield(buf.b[:n:n], nil) {
				return
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

type chunkBuffer struct{ b [64 << 10]byte }

var chunkBuffers = sync.Pool{New: func() any { return new(chunkBuffer) }}
