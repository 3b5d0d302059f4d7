package form

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/textproto"
	"net/url"
	"os"
	"strings"
)

// ReadOptions says how [ReadForm] reads a form.
type ReadOptions struct {
	// Limits bounds what is read.
	Limits Limits

	// Dir is the folder of the temporary file, that of [os.TempDir] if empty. It
	// must exist.
	Dir string

	// OnFile, when set, is given each file as it arrives, to stream its content
	// elsewhere; no file is then kept. What it leaves unread is skipped. Its
	// error ends the reading.
	OnFile func(*PartReader) error

	// DecodeText decodes the value of a field in another charset than UTF-8,
	// US-ASCII and ISO-8859-1, by its name in lower case. Without it such a
	// field is an error.
	DecodeText func(charset string, content []byte) (string, error)
}

// Received is a form that was read. It is safe for concurrent use once
// [ReadForm] has given it.
type Received struct {
	// Values has the values of all fields that are no files.
	Values url.Values

	// Files has the files of each field, in the order they came.
	Files map[string][]*File

	spill *spill
}

// File is a file of a form. It is usable until [Received.Close].
type File struct {
	// FileName is what the sender calls the file: the last element of a path,
	// without control characters, possibly empty. See [SafeName].
	FileName string

	// ContentType is what the sender says of the content, "text/plain" if
	// nothing. It is not checked.
	ContentType string

	// Header has all header fields of the part.
	Header textproto.MIMEHeader

	// Size is that of the content in bytes.
	Size int64

	content []byte // nil when it is in the spill
	spill   *spill
	at      int64
}

// Content is an open [File].
type Content interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// Value gives the first value of a field, or "".
func (r *Received) Value(name string) string { return r.Values.Get(name) }

// File gives the first file of a field, or nil.
func (r *Received) File(name string) *File {
	if files := r.Files[name]; len(files) > 0 {
		return files[0]
	}
	return nil
}

// Close removes the temporary file. It is idempotent; contents that are open
// must have been closed before.
func (r *Received) Close() error {
	if err := r.spill.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the files of a form: %w", err)
	}
	return nil
}

// ReadForm reads a whole form, URL-encoded or multipart/form-data as its
// Content-Type says; another type is [ErrNotForm]. Values are held in memory, as
// are files as long as they fit into [Limits.MaxMemoryBytes] together; the others
// go to one temporary file, however many they are, of which nothing is open
// when ReadForm returns. The result must be closed. The body is not.
//
// Files nested in a multipart/mixed part are those of the part's field.
func ReadForm(body io.Reader, contentType string, opts ReadOptions) (*Received, error) {
	mediaType, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(trim(mediaType)) {
	case urlEncodedType:
		values, err := ParseURLEncoded(body, opts.Limits)
		if err != nil {
			return nil, err
		}
		return &Received{Values: values, Files: map[string][]*File{}, spill: &spill{}}, nil
	case "multipart/form-data":
	default:
		return nil, fmt.Errorf("reading form: %w: %q", ErrNotForm, clip(contentType))
	}
	r, err := NewReader(body, contentType, opts.Limits)
	if err != nil {
		return nil, err
	}
	c := newCollector(opts)
	err = c.collect(r, "")
	if closeErr := c.spill.finish(); err == nil && closeErr != nil {
		err = fmt.Errorf("reading form: %w", closeErr)
	}
	if err == nil {
		err = c.decodeValues()
	}
	if err != nil {
		c.spill.remove()
		return nil, err
	}
	return &Received{Values: c.values, Files: c.files, spill: c.spill}, nil
}

// Open opens the content. It may be called many times.
func (f *File) Open() (Content, error) {
	if f.spill == nil {
		return opened{io.NewSectionReader(bytesAt(f.content), 0, f.Size), io.NopCloser(nil)}, nil
	}
	file, err := os.Open(f.spill.path)
	if err != nil {
		return nil, fmt.Errorf("opening file of a form: %w", err)
	}
	return opened{io.NewSectionReader(file, f.at, f.Size), file}, nil
}

type opened struct {
	*io.SectionReader
	io.Closer
}

// bytesAt is content in memory.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, at int64) (int, error) {
	if at >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
