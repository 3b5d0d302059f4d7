package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Limits of a list. A URL longer than 64 KiB is taken by no server; a JSON line
// has room for a body.
const (
	maxPlainLineBytes = 64 << 10
	maxJSONLineBytes  = 1 << 20
)

// A LineError tells what is wrong with one line of a list.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error gives "line N: cause".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the cause.
func (e *LineError) Unwrap() error { return e.Err }

// An inputError tells that an item cannot be used as it was given.
type inputError struct {
	kind string // the same for all of the kind
	text string
}

func (e *inputError) Error() string { return e.text }

// Lines reads a list: one URL or one JSON object a line. It holds one line in
// memory, never the list.
//
// In a plain line blanks around the URL do not count; empty lines and lines
// that begin with # are passed over. A line that begins with { is a JSON
// object:
//
//	{"url": "https://example.com/a", "method": "POST",
//	 "headers": {"Accept": "text/html", "X-Many": ["1", "2"]},
//	 "body": "text, or any JSON value", "output": "a.html",
//	 "sha256": "...", "meta": {"id": 7}}
//
// Only "url" is needed. The members of a line of results are allowed and
// ignored, so that what was written by a [ResultWriter] can be read as a list.
// Any other member is an error.
//
// Lines end in LF or CRLF; a byte order mark at the beginning is ignored. A
// plain line is at most 64 KiB long, a JSON line 1 MiB. A line that cannot be
// used yields a [*LineError], and the next one is read. An error of r itself
// ends the list.
func Lines(r io.Reader) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		lr := lineReader{br: bufio.NewReaderSize(r, maxPlainLineBytes+2)}
		for {
			line, err := lr.next()
			if err == io.EOF {
				return
			}
			var it Item
			if err == nil {
				if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
					continue
				}
				it, err = parseLine(line)
				it.Line = lr.line
			}
			if err != nil {
				err = &LineError{Line: lr.line, Err: err}
			}
			if !yield(it, err) || lr.failed {
				return
			}
		}
	}
}

func parseLine(line []byte) (Item, error) {
	if line[0] == '{' {
		return parseJSONLine(line)
	}
	if len(line) > maxPlainLineBytes {
		return Item{}, longLine(maxPlainLineBytes)
	}
	it := Item{URL: string(line)}
	_, err := it.target(0)
	return it, err
}

// A lineReader reads lines of bounded length.
type lineReader struct {
	br     *bufio.Reader
	line   int    // number of the line that was read last
	long   []byte // holds a line that is longer than br's buffer
	failed bool   // the reader itself failed
}

// next gives a line, valid until the next call. It returns io.EOF after the
// last one; after any other error the next line can be read unless failed.
func (r *lineReader) next() ([]byte, error) {
	r.line++
	line, err := r.br.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.rest(line)
	}
	switch {
	case err == io.EOF && len(line) > 0: // the last line needs no end
	case err == io.EOF:
		return nil, io.EOF
	case err != nil:
		if _, ok := errors.AsType[*inputError](err); ok {
			return nil, err // of this line only
		}
		r.failed = true
		return nil, fmt.Errorf("read: %w", err)
	}
	if r.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	return line, nil
}

// rest reads on to the end of a line of which begin filled the buffer. It
// keeps the line if it is JSON and not too long.
func (r *lineReader) rest(begin []byte) ([]byte, error) {
	limit := maxPlainLineBytes
	if trimmed := bytes.TrimLeft(bytes.TrimPrefix(begin, []byte("\uFEFF")), " \t"); len(trimmed) > 0 && trimmed[0] == '{' {
		limit = maxJSONLineBytes
	}
	comment := begin[0] == '#'
	r.long = r.long[:0]
	keep, chunk := limit > maxPlainLineBytes, begin
	var err error
	for {
		if keep = keep && len(r.long)+len(chunk) <= limit; keep {
			r.long = append(r.long, chunk...)
		}
		if err == nil && chunk[len(chunk)-1] == '\n' || err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if chunk, err = r.br.ReadSlice('\n'); len(chunk) == 0 && err == io.EOF {
			break
		}
	}
	switch {
	case keep:
		return r.long, nil
	case comment:
		return []byte{'#'}, nil
	}
	return nil, longLine(limit)
}

func longLine(limit int) error {
	return &inputError{kind: "line too long", text: fmt.Sprintf("longer than %d bytes", limit)}
}
