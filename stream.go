package aiohttp

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"golang.org/x/text/transform"

	"github.com/aiohttp-go/aiohttp/internal/text"
)

// maxLineBytes bounds one line that Lines gives.
const maxLineBytes = 1 << 20

// source is the body as a stream: what was read into memory of it already, or
// else what is to come.
func (r *Response) source() io.Reader {
	if r.held && r.failed() == nil {
		return bytes.NewReader(r.content)
	}
	return onlyReader{r}
}

// onlyReader hides that a response can do more than Read.
type onlyReader struct{ io.Reader }

// Lines yields the body line by line, as text, without the line ends (LF or
// CRLF). The charset is that of the Content-Type field, else UTF-8, in which
// invalid octets become U+FFFD. A line above 1 MiB is an error. An error ends the
// loop; of a line that it cut short nothing is given. Leaving the loop closes
// the response.
func (r *Response) Lines() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		defer r.Close()
		src := r.source()
		if enc, name := text.Declared(r.Header("Content-Type")); enc != nil && name != "utf-8" {
			src = transform.NewReader(src, enc.NewDecoder())
		}
		in := bufio.NewReaderSize(src, 16<<10)
		var long []byte
		for first := true; ; first = false {
			line, err := readLine(in, &long)
			if first {
				line = bytes.TrimPrefix(line, []byte(text.ByteOrderMark))
			}
			switch {
			case err == io.EOF && len(line) == 0:
				return
			case err != nil && err != io.EOF:
				yield("", r.about(r.explain(err)))
				return
			}
			if !yield(strings.ToValidUTF8(string(line), "\ufffd"), nil) || err == io.EOF {
				return
			}
		}
	}
}

// readLine gives the next line without its end. It is good until the next call.
// With io.EOF comes what stands behind the last line end. A line that is longer
// than the buffer is put together in long, again and again.
func readLine(in *bufio.Reader, long *[]byte) ([]byte, error) {
	*long = (*long)[:0]
	for {
		line, err := in.ReadSlice('\n')
		if len(*long)+len(line) > maxLineBytes {
			return nil, fmt.Errorf("line above the limit of %d bytes", maxLineBytes)
		}
		if err == bufio.ErrBufferFull {
			*long = append(*long, line...)
			continue
		}
		if len(*long) > 0 {
			*long = append(*long, line...)
			line = *long
		}
		if err == nil {
			line = line[:len(line)-1]
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
		}
		return line, err
	}
}

// Chunks yields the body in pieces as they arrive, of at most 64 KiB. A piece
// is good until the next round of the loop. An error ends it. Leaving the loop
// closes the response.
func (r *Response) Chunks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		defer r.Close()
		src := r.source()
		buf := chunkBuffers.Get().(*chunkBuffer)
		defer chunkBuffers.Put(buf)
		for {
			n, err := src.Read(buf.b[:])
			if n > 0 && !yield(buf.b[:n:n], nil) {
				return
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, r.about(err))
				return
			}
		}
	}
}

type chunkBuffer struct{ b [64 << 10]byte }

var chunkBuffers = sync.Pool{New: func() any { return new(chunkBuffer) }}
