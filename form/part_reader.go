package form

import (
	"fmt"
	"io"
	"net/textproto"
	"strings"
)

// PartReader is a part of a multipart body that is being read. It is not safe
// for concurrent use.
type PartReader struct {
	// Header has the header fields by their canonical names.
	Header textproto.MIMEHeader

	// Disposition is the part's Content-Disposition, if it has one.
	Disposition Disposition

	reader  *Reader
	content io.Reader // decoded
	raw     *rawContent
	encoded bool
	left    int64 // that may still be read
	most    int64
	past    bool
	err     error
}

func newPartReader(r *Reader, h textproto.MIMEHeader) (*PartReader, error) {
	p := &PartReader{Header: h, reader: r}
	if value := h.Get("Content-Disposition"); value != "" {
		var err error
		if p.Disposition, err = ParseDisposition(value); err != nil {
			return nil, err
		}
	}
	if most := r.limits.MaxNameBytes; len(p.Name()) > most {
		return nil, &LimitError{"bytes in the name of a field", int64(most)}
	}
	p.raw = &rawContent{p: p}
	var err error
	if p.content, p.encoded, err = decoder(p.raw, h.Get("Content-Transfer-Encoding")); err != nil {
		return nil, err
	}
	p.SetLimit(r.limits.MaxPartBytes)
	return p, nil
}

// Name gives the name of the field, "" if there is none.
func (p *PartReader) Name() string { return p.Disposition.Name() }

// FileName gives the last element of the name of the file, without control
// characters, or "". See [SafeName] for a name to store it by.
func (p *PartReader) FileName() string { return p.Disposition.FileName() }

// IsFile reports whether the part is a file: whether it has a file name, be it
// an empty one, as browsers send it where no file was chosen.
func (p *PartReader) IsFile() bool {
	_, ok := p.Disposition.Params["filename"]
	return ok
}

// ContentType gives the media type in lower case, without parameters;
// "text/plain" if there is none.
//
// "Each part MAY have an (optional) "Content-Type" header field, which defaults to
// "text/plain"."
// https://www.rfc-editor.org/rfc/rfc7578#section-4.4
func (p *PartReader) ContentType() string {
	value := p.Header.Get("Content-Type")
	if trim(value) == "" {
		return "text/plain"
	}
	mediaType, _, _ := strings.Cut(value, ";")
	return strings.ToLower(trim(mediaType))
}

// Charset gives the charset parameter of the Content-Type, in lower case, or "".
func (p *PartReader) Charset() string {
	_, params, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
	raw, err := parseParams("Content-Type", params)
	if err != nil {
		return ""
	}
	return strings.ToLower(raw["charset"].value)
}

// SetLimit bounds what may still be read of this part, in decoded bytes, instead
// of [Limits.MaxPartBytes]. Zero allows nothing, a negative number everything.
func (p *PartReader) SetLimit(maxBytes int64) {
	if maxBytes < 0 {
		maxBytes = Limits{}.resolve().MaxPartBytes
	}
	p.left, p.most = maxBytes, maxBytes
}

// Read reads the content, with its Content-Transfer-Encoding undone.
func (p *PartReader) Read(b []byte) (int, error) {
	if err := p.check(); err != nil || len(b) == 0 {
		return 0, err
	}
	if int64(len(b)) > p.left {
		b = b[:p.left+1] // one more, to tell the end from too much
	}
	n, err := p.content.Read(b)
	return p.account(n, err)
}

// account counts n octets read and makes of err what the reader is told.
func (p *PartReader) account(n int, err error) (int, error) {
	if int64(n) > p.left {
		n, err = int(p.left), &LimitError{"bytes in a part", p.most}
	}
	p.left -= int64(n)
	if err != nil {
		p.fail(err)
	}
	return n, p.err
}

func (p *PartReader) fail(err error) {
	if err == io.EOF {
		p.err = err
		return
	}
	switch {
	case p.raw.err != nil:
		err = p.raw.err
	case p.encoded && !isLimit(err) && err != errPast:
		// Without the decoder's words: positions in them count from anywhere.
		err = malformed("content is no %s", strings.ToLower(trim(p.Header.Get("Content-Transfer-Encoding"))))
	}
	p.err = fmt.Errorf("reading form part %q: %w", clip(p.Name()), err)
}

func (p *PartReader) check() error {
	if p.past && p.err == nil {
		p.fail(errPast)
	}
	return p.err
}

// WriteTo writes the content to w, without a copy of it in between if it was
// sent as it is.
func (p *PartReader) WriteTo(w io.Writer) (int64, error) {
	if p.encoded {
		return io.Copy(w, onlyReader{p})
	}
	var written int64
	for {
		if err := p.check(); err != nil {
			if err == io.EOF {
				err = nil
			}
			return written, err
		}
		buf, err := p.raw.peek()
		n, _ := p.account(len(buf), err)
		if n == 0 {
			continue // and be told p.err
		}
		wrote, err := w.Write(buf[:n])
		written += int64(wrote)
		p.reader.scan.discard(wrote)
		p.left += int64(n - wrote)
		if err == nil && wrote < n {
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, err
		}
	}
}

// Bytes reads what is left of the content. More than [Limits.MaxMemoryBytes] is
// a [*LimitError].
func (p *PartReader) Bytes() ([]byte, error) { return p.bytes(p.reader.limits.MaxMemoryBytes) }

func (p *PartReader) bytes(most int64) ([]byte, error) {
	content, err := io.ReadAll(&capped{r: onlyReader{p}, left: most, most: most})
	if err == nil {
		return content, nil
	}
	if p.err == nil || p.err == io.EOF {
		p.fail(memoryError(p.reader.limits.MaxMemoryBytes))
	}
	return nil, p.err
}

// Text reads what is left of the content as text in its charset: UTF-8 unless
// the Content-Type says otherwise. Octets that are invalid in it become U+FFFD.
// Charsets other than UTF-8, US-ASCII and ISO-8859-1 are an error.
func (p *PartReader) Text() (string, error) {
	content, err := p.Bytes()
	if err != nil {
		return "", err
	}
	text, err := decodeText(p.Charset(), content)
	if err != nil {
		return "", fmt.Errorf("reading form part %q: %w", clip(p.Name()), err)
	}
	return text, nil
}

// IsMultipart reports whether the content is a multipart body itself.
func (p *PartReader) IsMultipart() bool { return strings.HasPrefix(p.ContentType(), "multipart/") }

// Multipart gives a reader of the multipart body that the content is. The number
// of parts and all other limits are shared with the outer one; deeper nesting
// than [Limits.MaxDepth] is a [*LimitError].
//
// "no encoding other than "7bit", "8bit", or "binary" is permitted for entities
// of type "multipart"."
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1
func (p *PartReader) Multipart() (*Reader, error) {
	r, err := newReader(onlyReader{p}, p.Header.Get("Content-Type"), p.reader.limits, p.reader.depth+1, p.reader.parts)
	if err == nil && p.encoded {
		err = malformed("multipart with a Content-Transfer-Encoding")
	}
	if err != nil {
		return nil, fmt.Errorf("reading form part %q: %w", clip(p.Name()), err)
	}
	return r, nil
}

// rawContent is the content as it is on the wire.
type rawContent struct {
	p   *PartReader
	err error
}

func (c *rawContent) peek() ([]byte, error) {
	if c.p.past {
		return nil, errPast
	}
	buf, err := c.p.reader.scan.content()
	if err != nil && err != io.EOF {
		c.err = err
	}
	return buf, err
}

func (c *rawContent) Read(b []byte) (int, error) {
	buf, err := c.peek()
	n := copy(b, buf)
	c.p.reader.scan.discard(n)
	return n, err
}

// onlyReader hides all methods but Read.
type onlyReader struct{ io.Reader }
