package form

import (
	"fmt"
	"io"
	"iter"
	"strings"
)

// Reader reads a multipart body part by part. It is not safe for concurrent
// use.
type Reader struct {
	// Subtype is that of the media type multipart, in lower case: "form-data".
	Subtype string

	limits Limits
	depth  int
	parts  *int // read so far, on all levels
	scan   *scanner
	part   *PartReader // the present one
	err    error
}

// NewReader gives a reader of a multipart body with that Content-Type, of any
// subtype. Another type is [ErrNotForm], one without a usable boundary is
// [ErrMalformed]. The body is not closed.
func NewReader(body io.Reader, contentType string, limits Limits) (*Reader, error) {
	limits = limits.resolve()
	in := &capped{r: body, left: limits.MaxBytes, most: limits.MaxBytes}
	r, err := newReader(in, contentType, limits, 1, new(int))
	if err != nil {
		return nil, fmt.Errorf("reading form: %w", err)
	}
	return r, nil
}

func newReader(body io.Reader, contentType string, limits Limits, depth int, parts *int) (*Reader, error) {
	if depth > limits.MaxDepth {
		return nil, &LimitError{"levels of multipart", int64(limits.MaxDepth)}
	}
	mediaType, params, _ := strings.Cut(contentType, ";")
	subtype, ok := strings.CutPrefix(strings.ToLower(trim(mediaType)), "multipart/")
	if !ok || !isToken(subtype) {
		return nil, fmt.Errorf("%w: %q", ErrNotForm, clip(contentType))
	}
	raw, err := parseParams("Content-Type", params)
	if err != nil {
		return nil, err
	}
	boundary := raw["boundary"].value
	if !isBoundary(boundary) {
		return nil, malformed("boundary %q", clip(boundary))
	}
	return &Reader{Subtype: subtype, limits: limits, depth: depth, parts: parts, scan: newScanner(body, boundary)}, nil
}

// Parts gives the parts that are left, each as it arrives. A part is good until
// the next round of the loop; what was not read of it is skipped. An error ends
// the loop. After the last part the body was read to its end.
func (r *Reader) Parts() iter.Seq2[*PartReader, error] {
	return func(yield func(*PartReader, error) bool) {
		for {
			p, err := r.Next()
			if err == io.EOF {
				return
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// Next gives the next part, or io.EOF when there is none. The part before it
// cannot be read any more; what was not read of it is skipped.
func (r *Reader) Next() (*PartReader, error) {
	if r.err == nil {
		var p *PartReader
		if p, r.err = r.next(); r.err == nil {
			r.part = p
			return p, nil
		}
		if r.err != io.EOF {
			r.err = fmt.Errorf("reading form: %w", r.err)
		}
	}
	return nil, r.err
}

func (r *Reader) next() (*PartReader, error) {
	if r.part != nil {
		r.part.past = true
	}
	// Without a part yet it is the preamble that is skipped.
	if err := r.scan.skip(); err != nil {
		return nil, err
	}
	if r.scan.pass() {
		// The epilogue: only a body that was read to its end gives its
		// connection back. onlyReader, since bufio.Reader.WriteTo forgets an
		// error that came with data.
		if _, err := io.Copy(io.Discard, onlyReader{r.scan.in}); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	if *r.parts++; *r.parts > r.limits.MaxParts {
		return nil, &LimitError{"parts", int64(r.limits.MaxParts)}
	}
	h, err := readHeader(r.scan.in, r.limits)
	if err != nil {
		return nil, err
	}
	r.scan.fresh = true
	return newPartReader(r, h)
}
