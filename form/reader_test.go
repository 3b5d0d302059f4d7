package form_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

const formData = "multipart/form-data; boundary=B"

// part is what a test expects of a part.
type part struct {
	Name, FileName, ContentType, Content string
	Parts                                []part // of a nested one
}

// readAll reads a multipart body with all that is nested in it. What was read
// before an error is given, too.
func readAll(r *form.Reader) ([]part, error) {
	var parts []part
	for p, err := range r.Parts() {
		if err != nil {
			return parts, err
		}
		got := part{Name: p.Name(), FileName: p.FileName(), ContentType: p.ContentType()}
		if p.IsMultipart() {
			nested, err := p.Multipart()
			if err != nil {
				return parts, err
			}
			if got.Parts, err = readAll(nested); err != nil {
				return append(parts, got), err
			}
		} else {
			var content strings.Builder
			_, err := io.Copy(&content, p)
			got.Content = content.String()
			if err != nil {
				return append(parts, got), err
			}
		}
		parts = append(parts, got)
	}
	return parts, nil
}

func readString(tb testing.TB, content, contentType string, limits form.Limits) ([]part, error) {
	tb.Helper()
	r, err := form.NewReader(strings.NewReader(content), contentType, limits)
	if err != nil {
		return nil, err
	}
	return readAll(r)
}

var readerTests = []struct {
	name    string
	content string // LF stands for CRLF
	want    []part
	err     error // matched; what was read before it is compared as well
}{
	{"no parts", "--B--\n", nil, nil},
	{"no end of the last line", "--B--", nil, nil},
	{"one", "--B\nContent-Disposition: form-data; name=a\n\nb\n--B--\n",
		[]part{{Name: "a", ContentType: "text/plain", Content: "b"}}, nil},
	{"preamble and epilogue", "this is\n-- B\n--BB\nnothing\n--B\n\nb\n--B--\nnor\n--B\nis this\n",
		[]part{{ContentType: "text/plain", Content: "b"}}, nil},
	{"preamble of an empty line", "\n--B\n\nb\n--B--\n", []part{{ContentType: "text/plain", Content: "b"}}, nil},
	{"padding", "--B \t \n\nb\n--B\t\n\nc\n--B-- \n",
		[]part{{ContentType: "text/plain", Content: "b"}, {ContentType: "text/plain", Content: "c"}}, nil},
	{"padding without end", "--B\n\nb\n--B" + strings.Repeat(" ", 100) + "\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "b\r\n--B" + strings.Repeat(" ", 100)}}, nil},
	{"empty content", "--B\n\n\n--B\nX: y\n\n\n--B--\n", []part{{ContentType: "text/plain"}, {ContentType: "text/plain"}}, nil},
	{"empty content without its own line", "--B\nX: y\n\n--B--\n", []part{{ContentType: "text/plain"}}, nil},
	{"empty header and content", "--B\n\n--B--\n", []part{{ContentType: "text/plain"}}, nil},
	{"line ends in content", "--B\n\n\r\n\r\n\n\n--B--\n", []part{{ContentType: "text/plain", Content: "\r\r\n\r\r\n\r\n"}}, nil},
	{"almost delimiters", "--B\n\n--BB\n--B-\n--B--x\n-B\n--\n--b\r--B\r\r--B\n--B-B\n --B\n--B\r--B--\n--B--\n",
		[]part{{ContentType: "text/plain",
			Content: crlf("--BB\n--B-\n--B--x\n-B\n--\n--b\r--B\r\r--B\n--B-B\n --B\n--B\r--B--")}}, nil},
	{"delimiter after half a delimiter", "--B\n\na\n--\n--B--\n", []part{{ContentType: "text/plain", Content: "a\r\n--"}}, nil},
	{"two carriage returns", "--B\n\na\r\n--B--\n", []part{{ContentType: "text/plain", Content: "a\r"}}, nil},
	{"folded header", "--B\nContent-Disposition: form-data;\n\t name=\"a\";\n filename=\"f\"\n\nb\n--B--\n",
		[]part{{Name: "a", FileName: "f", ContentType: "text/plain", Content: "b"}}, nil},
	{"case and space of header fields", "--B\nCONTENT-disposition:form-data; name=a\ncontent-TYPE:\t Text/HTML ; charset=x \n\nb\n--B--\n",
		[]part{{Name: "a", ContentType: "text/html", Content: "b"}}, nil},
	{"paths in file names", "--B\nContent-Disposition: form-data; name=\"a\"; filename=\"C:\\dir\\..\\f.txt\"\n\n\n--B--\n",
		[]part{{Name: "a", FileName: "f.txt", ContentType: "text/plain"}}, nil},
	{"escaped names", "--B\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"; filename=\"x%22y%\"\n\n\n--B--\n",
		[]part{{Name: "a\"\r\nb", FileName: `x"y%`, ContentType: "text/plain"}}, nil},
	{"base64", "--B\nContent-Transfer-Encoding: Base64\n\nVGltZSB0byBS\nZWxheCE=\n\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "Time to Relax!"}}, nil},
	{"quoted-printable", "--B\nContent-Transfer-Encoding: quoted-printable\n\n=D0=9F=\n=D1=80 x\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "Пр x"}}, nil},
	{"binary", "--B\nContent-Transfer-Encoding: binary\n\n=D0\n--B\nContent-Transfer-Encoding: 8bit\n\n=D1\n--B\nContent-Transfer-Encoding: 7BIT\n\n=D2\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "=D0"}, {ContentType: "text/plain", Content: "=D1"}, {ContentType: "text/plain", Content: "=D2"}}, nil},
	{"nested", "--B\nContent-Type: multipart/mixed; boundary=\"BB\"\n\n--BB\n\na\n--BB\n\nb\n--BB--\n--B\n\nc\n--B--\n",
		[]part{{ContentType: "multipart/mixed", Parts: []part{
			{ContentType: "text/plain", Content: "a"}, {ContentType: "text/plain", Content: "b"}}},
			{ContentType: "text/plain", Content: "c"}}, nil},
	{"nested with the same boundary", "--B\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\na\n--B--\n--B--\n",
		[]part{{ContentType: "multipart/mixed"}}, io.ErrUnexpectedEOF},
	{"nested without an end", "--B\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\na\n--B--\n",
		[]part{{ContentType: "multipart/mixed", Parts: []part{{ContentType: "text/plain", Content: "a"}}}}, io.ErrUnexpectedEOF},

	{"empty", "", nil, io.ErrUnexpectedEOF},
	{"no delimiter", "text\n", nil, io.ErrUnexpectedEOF},
	{"cut in the delimiter", "--B", nil, io.ErrUnexpectedEOF},
	{"cut behind the delimiter", "--B\n", nil, io.ErrUnexpectedEOF},
	{"cut in a header", "--B\nX: y", nil, io.ErrUnexpectedEOF},
	{"cut behind a header", "--B\nX: y\n\n", []part{{ContentType: "text/plain"}}, io.ErrUnexpectedEOF},
	{"cut in content", "--B\n\nabc", []part{{ContentType: "text/plain", Content: "abc"}}, io.ErrUnexpectedEOF},
	{"cut in the last delimiter", "--B\n\nabc\n--B-", []part{{ContentType: "text/plain", Content: "abc"}}, io.ErrUnexpectedEOF},
	{"LF alone delimits nothing", "--B\n\nabc\x00--B--\n", []part{{ContentType: "text/plain", Content: "abc\n--B--"}}, io.ErrUnexpectedEOF},
	{"LF alone ends no header line", "--B\nX: y\x00\n\n--B--\n", nil, form.ErrMalformed},
	{"CR in a header", "--B\nX: a\rb\n\n\n--B--\n", nil, form.ErrMalformed},
	{"NUL in a header", "--B\nX: a\x01b\n\n\n--B--\n", nil, form.ErrMalformed},
	{"no colon", "--B\nX y\n\n\n--B--\n", nil, form.ErrMalformed},
	{"space before the colon", "--B\nContent-Type : a/b\n\n\n--B--\n", nil, form.ErrMalformed},
	{"header begins folded", "--B\n X: y\n\n\n--B--\n", nil, form.ErrMalformed},
	{"two dispositions", "--B\nContent-Disposition: form-data; name=a\ncontent-disposition: form-data; name=b\n\n\n--B--\n", nil, form.ErrMalformed},
	{"two types", "--B\nContent-Type: a/b\nContent-Type: c/d\n\n\n--B--\n", nil, form.ErrMalformed},
	{"two names", "--B\nContent-Disposition: form-data; name=a; name=b\n\n\n--B--\n", nil, form.ErrMalformed},
	{"unknown transfer encoding", "--B\nContent-Transfer-Encoding: x-rot13\n\n\n--B--\n", nil, form.ErrMalformed},
	{"broken base64", "--B\nContent-Transfer-Encoding: base64\n\nVGltZSB0b yBS\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "Time t"}}, form.ErrMalformed},
	{"base64 cut short", "--B\nContent-Transfer-Encoding: base64\n\nVGltZS\n--B--\n",
		[]part{{ContentType: "text/plain", Content: "Tim"}}, form.ErrMalformed},
	{"nested and encoded", "--B\nContent-Type: multipart/mixed; boundary=C\nContent-Transfer-Encoding: base64\n\n--B--\n", nil, form.ErrMalformed},
	{"nested without a boundary", "--B\nContent-Type: multipart/mixed\n\n\n--B--\n", nil, form.ErrMalformed},
}

// lone is the wire format of a reader test; a NUL stands for LF alone.
func lone(s string) string { return strings.ReplaceAll(crlf(s), "\x00", "\n") }

func TestReaderParts(t *testing.T) {
	for _, tt := range readerTests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readString(t, lone(tt.content), formData, form.Limits{})
			if !errors.Is(err, tt.err) || tt.err != nil && !errors.Is(err, form.ErrMalformed) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// However a body arrives, it reads the same.
func TestReaderPartsFedInPieces(t *testing.T) {
	for _, tt := range readerTests {
		content := lone(tt.content)
		feeds := map[string]io.Reader{
			"bytes": iotest.OneByteReader(strings.NewReader(content)),
			"eof":   iotest.DataErrReader(strings.NewReader(content)),
			"three": chunks{strings.NewReader(content), 3},
		}
		for at := range content {
			feeds[fmt.Sprint("split at ", at)] = splitAt(content, at)
		}
		for name, feed := range feeds {
			r, err := form.NewReader(feed, formData, form.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(r)
			if !errors.Is(err, tt.err) || !cmp.Equal(got, tt.want) {
				t.Fatalf("%s, %s: error %v\n%s", tt.name, name, err, cmp.Diff(tt.want, got))
			}
		}
	}
}

func TestReaderDelimiterAcrossBuffers(t *testing.T) {
	const buffer = 8 << 10
	for n := buffer - 100; n < buffer+20; n++ {
		content := strings.Repeat("x", n-1) + "\r"
		parts, err := readString(t, "--B\r\n\r\n"+content+"\r\n--B\r\n\r\n"+content+"\r\n--B--", formData, form.Limits{})
		if err != nil || len(parts) != 2 || parts[0].Content != content || parts[1].Content != content {
			t.Fatalf("%d bytes: %d parts, %v", n, len(parts), err)
		}
	}
}

func TestReaderContentType(t *testing.T) {
	tests := []struct {
		contentType string
		subtype     string
		err         error
	}{
		{"multipart/form-data; boundary=B", "form-data", nil},
		{`Multipart/Form-Data;boundary="B"`, "form-data", nil},
		{"multipart/byteranges; charset=x; BOUNDARY = B ;", "byteranges", nil},
		{"multipart/mixed; boundary=----=_Part_1/2:3", "mixed", nil},
		{"multipart/form-data", "", form.ErrMalformed},
		{"multipart/form-data; boundary=", "", form.ErrMalformed},
		{`multipart/form-data; boundary=""`, "", form.ErrMalformed},
		{"multipart/form-data; boundary=" + strings.Repeat("x", 71), "", form.ErrMalformed},
		{`multipart/form-data; boundary="a "`, "", form.ErrMalformed},
		{"multipart/form-data; boundary=a\r\n", "", form.ErrMalformed},
		{"multipart/form-data; boundary=a; boundary=b", "", form.ErrMalformed},
		{`multipart/form-data; boundary="a`, "", form.ErrMalformed},
		{"multipart/; boundary=a", "", form.ErrNotForm},
		{"text/plain; boundary=a", "", form.ErrNotForm},
		{"", "", form.ErrNotForm},
	}
	for _, tt := range tests {
		r, err := form.NewReader(strings.NewReader(""), tt.contentType, form.Limits{})
		if !errors.Is(err, tt.err) || err == nil && r.Subtype != tt.subtype {
			t.Errorf("%q: %v, error %v, want %q, %v", tt.contentType, r, err, tt.subtype, tt.err)
		}
	}
}

func TestReaderLimits(t *testing.T) {
	// nested-multipart, CVE-2026-34516: whatever a sender may choose is bounded,
	// the depth too.
	head := func(n int) string { return strings.Repeat("X: y\n", n) }
	nested := func(n int) string {
		s := "a"
		for i := n; i > 0; i-- {
			boundary := fmt.Sprint("B", i)
			s = fmt.Sprintf("Content-Type: multipart/mixed; boundary=%s\n\n--%[1]s\n%s\n--%[1]s--\n", boundary, s)
			if i == n {
				s = strings.Replace(s, "\na\n", "\n\na\n", 1)
			}
		}
		return "--B\n" + s + "\n--B--\n"
	}
	long := func(n int) string { return "X: " + strings.Repeat("y", n-3) + "\n" }
	name := func(n int) string {
		return "--B\nContent-Disposition: form-data; name=" + strings.Repeat("n", n) + "\n\n\n--B--\n"
	}
	part := "--B\n\n1234567\n"
	tests := []struct {
		name     string
		limits   form.Limits
		good     string
		bad      string
		what     string
		mostThen int64
	}{
		{"parts", form.Limits{}, strings.Repeat("--B\n\n\n", 1000) + "--B--\n", strings.Repeat("--B\n\n\n", 1001) + "--B--\n", "parts", 1000},
		{"parts set", form.Limits{MaxParts: 2}, part + part + "--B--", part + part + part + "--B--", "parts", 2},
		{"nested parts", form.Limits{MaxParts: 3, MaxDepth: -1}, nested(2), nested(3), "parts", 3},
		{"fields", form.Limits{}, "--B\n" + head(128) + "\n\n--B--\n", "--B\n" + head(129) + "\n\n--B--\n", "header fields in a part", 128},
		{"field bytes", form.Limits{}, "--B\n" + long(8190) + long(8190) + "\n\n--B--\n", "--B\n" + long(8191) + "\n\n--B--\n", "bytes in a header field of a part", 8190},
		{"folded field", form.Limits{MaxHeaderBytes: 12}, "--B\nX: 345678\n 0\n\n\n--B--\n", "--B\nX: 345678\n 012\n 3\n\n\n--B--\n", "bytes in a header field of a part", 12},
		{"name", form.Limits{}, name(1000), name(1001), "bytes in the name of a field", 1000},
		{"depth", form.Limits{}, nested(2), nested(3), "levels of multipart", 3},
		{"part bytes", form.Limits{MaxPartBytes: 7}, part + part + "--B--\n", part + "--B\n\n12345678\n--B--\n", "bytes in a part", 7},
		{"part bytes, decoded", form.Limits{MaxPartBytes: 3}, "--B\nContent-Transfer-Encoding: base64\n\nAAAA\n\n--B--\n",
			"--B\nContent-Transfer-Encoding: base64\n\nAAAAAAAA\n--B--\n", "bytes in a part", 3},
		{"bytes", form.Limits{MaxBytes: 23}, "--B\n\n1234567\n--B--\n", "--B\n\n1234567\n--B--\n.", "bytes", 23},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := readString(t, crlf(tt.good), formData, tt.limits); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			_, err := readString(t, crlf(tt.bad), formData, tt.limits)
			limit, ok := errors.AsType[*form.LimitError](err)
			if !ok || limit.What != tt.what || limit.Limit != tt.mostThen {
				t.Errorf("beyond: error %v, want more than %d %s", err, tt.mostThen, tt.what)
			}
			none := form.Limits{MaxBytes: -1, MaxParts: -1, MaxPartBytes: -1, MaxHeaderFields: -1, MaxHeaderBytes: -1, MaxNameBytes: -1, MaxDepth: -1, MaxMemoryBytes: -1}
			if _, err := readString(t, crlf(tt.bad), formData, none); err != nil {
				t.Errorf("without limits: %v", err)
			}
		})
	}
}

func TestPartReaderSetLimit(t *testing.T) {
	r, err := form.NewReader(strings.NewReader(crlf("--B\n\n1234\n--B\n\n12345\n--B\n\n12345\n--B--\n")), formData, form.Limits{MaxPartBytes: 4})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1234", "12345", "reading form part \"\": more than 2 bytes in a part"}
	limits := []int64{4, -1, 2}
	var got []string
	for p, err := range r.Parts() {
		if err != nil {
			t.Fatal(err)
		}
		p.SetLimit(limits[len(got)])
		content, err := p.Bytes()
		if err != nil {
			content = []byte(err.Error())
		}
		got = append(got, string(content))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPartReaderIsPastAfterNext(t *testing.T) {
	r, err := form.NewReader(strings.NewReader(crlf("--B\n\nfirst\n--B\n\nsecond\n--B--\n")), formData, form.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(io.Discard, first, 2)
	second, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := first.Read(make([]byte, 10)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("the first part reads on: %d, %v", n, err)
	}
	if n, err := first.WriteTo(io.Discard); n != 0 || err == nil {
		t.Errorf("the first part writes on: %d, %v", n, err)
	}
	if content, err := second.Bytes(); err != nil || string(content) != "second" {
		t.Errorf("the second part: %q, %v", content, err)
	}
	for range 2 {
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("Next at the end: %v", err)
		}
	}
}

func TestPartReaderReadAndWriteToAgree(t *testing.T) {
	content := strings.Repeat("line\r\n--BB\r\n", 5000)
	body := "--B\r\n\r\n" + content + "\r\n--B--\r\n"
	for name, read := range map[string]func(*form.PartReader) (string, error){
		"bytes": func(p *form.PartReader) (string, error) {
			b, err := io.ReadAll(iotest.OneByteReader(p))
			return string(b), err
		},
		"writes": func(p *form.PartReader) (string, error) {
			var b strings.Builder
			_, err := p.WriteTo(&b)
			return b.String(), err
		},
		"mixed": func(p *form.PartReader) (string, error) {
			var b strings.Builder
			io.CopyN(&b, p, 4321)
			_, err := p.WriteTo(&b)
			return b.String(), err
		},
	} {
		r, err := form.NewReader(strings.NewReader(body), formData, form.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(p); err != nil || got != content {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(content), err)
		}
	}
}

func TestPartReaderText(t *testing.T) {
	tests := []struct{ contentType, content, want string }{
		{"", "ä", "ä"},
		{"text/plain; charset=UTF-8", "a\xffb", "a\ufffdb"},
		{"text/plain; charset=\"iso-8859-1\"", "a\xe4", "aä"},
		{"text/plain; charset", "ä", "ä"},
	}
	for _, tt := range tests {
		r, err := form.NewReader(strings.NewReader(crlf("--B\nContent-Type: "+tt.contentType+"\n\n"+tt.content+"\n--B--")), formData, form.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Text(); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.contentType, got, err, tt.want)
		}
	}
	r, _ := form.NewReader(strings.NewReader(crlf("--B\nContent-Type: text/plain; charset=KOI8-R\n\nx\n--B--")), formData, form.Limits{})
	p, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.Text(); err == nil || err.Error() != `reading form part "": unknown charset "koi8-r"` {
		t.Errorf("unknown charset: %v", err)
	}
}

func TestReaderErrorsOfTheBody(t *testing.T) {
	cause := errors.New("connection reset")
	for _, start := range []string{"", "--B", "--B\r\nX: y", "--B\r\n\r\nabc", "--B\r\n\r\n\r\n--B--"} {
		r, err := form.NewReader(io.MultiReader(strings.NewReader(start), iotest.ErrReader(cause)), formData, form.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(r); !errors.Is(err, cause) || errors.Is(err, form.ErrMalformed) {
			t.Errorf("%q: error %v", start, err)
		}
	}
}

func TestReaderBreakLeavesTheRest(t *testing.T) {
	r, err := form.NewReader(strings.NewReader(crlf("--B\n\na\n--B\n\nb\n--B--\n")), formData, form.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Parts() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	parts, err := readAll(r)
	if err != nil || len(parts) != 1 || parts[0].Content != "b" {
		t.Errorf("after a break: %v, %v", parts, err)
	}
}

// What a writer did not take is still there to be read.
func TestPartReaderWriteToOfAFailingWriter(t *testing.T) {
	r, err := form.NewReader(strings.NewReader(crlf("--B\n\n0123456789\n--B--\n")), formData, form.Limits{MaxPartBytes: 10})
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.WriteTo(short{4}); n != 4 || err != io.ErrShortWrite {
		t.Errorf("%d bytes, %v", n, err)
	}
	if rest, err := p.Text(); err != nil || rest != "456789" {
		t.Errorf("the rest: %q, %v", rest, err)
	}
}

// short is a writer that takes no more than n bytes at once.
type short struct{ n int }

func (s short) Write(p []byte) (int, error) { return min(len(p), s.n), nil }
