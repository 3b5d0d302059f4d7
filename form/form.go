package form

import (
	"errors"
	"io"
	"iter"
	"path/filepath"
	"slices"
)

// Form is a form to be sent: a list of parts in their order. It may be sent any
// number of times, but for parts that can be read only once. The zero value is
// an empty form. A Form that is not being changed may be sent concurrently.
type Form struct {
	// Multipart sends a form of nothing but plain values as multipart as well.
	Multipart bool

	// Subtype is that of the media type multipart. Empty means "form-data", or
	// "mixed" for a form inside of another. A form with a Subtype is always
	// sent as multipart.
	Subtype string

	// Boundary replaces the random boundary between the parts: 1 to 70
	// characters as in RFC 2046, section 5.1.1. Whoever knows it and writes a
	// part's content can forge further parts; so fix it in tests only.
	Boundary string

	parts []Part
}

// New gives an empty form.
func New() *Form { return new(Form) }

// Part describes one part of a form to be sent. At most one of Value, Bytes,
// Path, Open, Reader and Form gives its content; none gives an empty one.
type Part struct {
	// Name is the field's name. In a multipart body other than form-data it may
	// be empty.
	Name string

	// FileName makes the part a file. Empty means the last element of Path, or
	// that the part is no file. It is sent as given.
	FileName string

	// ContentType is the media type of the content. Empty means: for a file,
	// that of its name's extension, or "application/octet-stream"; for a
	// nested form, its own; else none, which stands for text.
	ContentType string

	// Header has further header fields. Content-Disposition and Content-Type
	// must not stand in it when Name, FileName or ContentType say them.
	Header map[string][]string

	// Value is sent as it is.
	Value string

	// Bytes is sent as it is. It must not be changed until the form was sent.
	Bytes []byte

	// Path names a file that is opened when its turn comes. Of a file that
	// grows meanwhile, as much is sent as there was when the form was encoded;
	// one that shrinks is an error.
	Path string

	// Open opens the content, anew for each time that the form is sent. What it
	// gives is closed in any case, possibly while it is being read.
	Open func() (io.ReadCloser, error)

	// Reader is read to its end, from where it stood when the part was added.
	// It can be sent again when it implements io.Seeker. It is not closed.
	Reader io.Reader

	// Size is the number of bytes that Open or Reader give, if it is known.
	// Zero or less means that it is not, unless Reader tells it as a
	// *bytes.Reader, *strings.Reader, *bytes.Buffer or *os.File does.
	Size int64

	// Form is a multipart body nested in this one.
	Form *Form

	reader *shared // of Reader
	err    error   // of the function that added the part
}

// Add adds a plain value. It gives back the form, as all Add functions do. What
// is wrong with a part is told by [Form.Encode].
func (f *Form) Add(name, value string) *Form {
	return f.AddPart(Part{Name: name, Value: value})
}

// AddFile adds the file of that path, named by the path's last element.
func (f *Form) AddFile(name, path string) *Form {
	p := Part{Name: name, Path: path}
	if path == "" {
		p.err = errors.New("file without a path")
	}
	return f.AddPart(p)
}

// AddBytes adds content from memory: a file when filename is not empty.
func (f *Form) AddBytes(name, filename string, content []byte) *Form {
	return f.AddPart(Part{Name: name, FileName: filename, Bytes: content})
}

// AddReader adds content from a reader, see [Part.Reader]: a file when filename
// is not empty. Its size in bytes is zero or less when it is not known.
func (f *Form) AddReader(name, filename string, r io.Reader, size int64) *Form {
	p := Part{Name: name, FileName: filename, Reader: r, Size: size}
	if r == nil {
		p.err = errors.New("reader is nil")
	}
	return f.AddPart(p)
}

// AddForm adds a multipart body nested in this one, of the subtype "mixed"
// unless it has another.
//
// "[RFC2388] suggested that multiple files for a single form field be transmitted
// using a nested "multipart/mixed" part. This usage is deprecated." Several files
// of one field are as many parts of the same name.
// https://www.rfc-editor.org/rfc/rfc7578#section-4.3
func (f *Form) AddForm(name string, nested *Form) *Form {
	p := Part{Name: name, Form: nested}
	if nested == nil {
		p.err = errors.New("nested form is nil")
	}
	return f.AddPart(p)
}

// AddPart adds a part of any kind.
func (f *Form) AddPart(p Part) *Form {
	if p.Reader != nil {
		p.reader = newShared(p.Reader)
	}
	f.parts = append(f.parts, p)
	return f
}

// All gives the parts in their order. Readers in it must not be read.
func (f *Form) All() iter.Seq[Part] { return slices.Values(f.parts) }

// isMultipart reports whether the form cannot, or is not to be, URL-encoded.
func (f *Form) isMultipart() bool {
	return f.Multipart || f.Subtype != "" || slices.ContainsFunc(f.parts, func(p Part) bool {
		return p.FileName != "" || p.ContentType != "" || len(p.Header) > 0 ||
			p.Path != "" || p.Open != nil || p.Reader != nil || p.Form != nil
	})
}

// fileName is the name that the part is sent under as a file.
func (p *Part) fileName() string {
	if p.FileName == "" && p.Path != "" {
		return filepath.Base(p.Path)
	}
	return p.FileName
}
