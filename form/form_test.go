package form_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
)

func TestFormURLEncodesPlainValues(t *testing.T) {
	tests := []struct {
		name string
		form *form.Form
		want string
	}{
		{"empty", form.New(), ""},
		{"zero value", &form.Form{}, ""},
		{"order and repetition", form.New().Add("b", "1").Add("a", "2").Add("b", "3"), "b=1&a=2&b=3"},
		{"empty name and value", form.New().Add("", ""), "="},
		{"escapes", form.New().Add("a b&=", "é+~*-._\r\n%"), "a+b%26%3D=%C3%A9%2B%7E*-._%0D%0A%25"},
		{"bytes", form.New().AddBytes("a", "", []byte{0, 0xff}), "a=%00%FF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			contentType, got := encode(t, tt.form)
			if got != tt.want || contentType != "application/x-www-form-urlencoded" {
				t.Errorf("%s: %q, want %q", contentType, got, tt.want)
			}
		})
	}
}

func TestFormWritesMultipart(t *testing.T) {
	fixed := func() *form.Form { return &form.Form{Boundary: "B"} }
	cat := writeFile(t, "cat.png", "PNG")
	nested := (&form.Form{Boundary: "N"}).
		AddPart(form.Part{FileName: "a.txt", ContentType: "text/plain", Value: "A"}).
		AddPart(form.Part{Value: "bare"})
	tests := []struct {
		name string
		form *form.Form
		want string
	}{
		{"no parts", &form.Form{Boundary: "B", Multipart: true}, "--B--\n"},
		{"values", (&form.Form{Boundary: "B", Multipart: true}).Add("a", "1").Add("a", ""),
			"--B\nContent-Disposition: form-data; name=\"a\"\n\n1\n" +
				"--B\nContent-Disposition: form-data; name=\"a\"\n\n\n--B--\n"},
		{"file by path", fixed().AddFile("picture", cat),
			"--B\nContent-Disposition: form-data; name=\"picture\"; filename=\"cat.png\"\nContent-Type: image/png\n\nPNG\n--B--\n"},
		{"file by path, renamed", fixed().AddPart(form.Part{Name: "p", Path: cat, FileName: "x", ContentType: "a/b"}),
			"--B\nContent-Disposition: form-data; name=\"p\"; filename=\"x\"\nContent-Type: a/b\n\nPNG\n--B--\n"},
		{"bytes", fixed().AddBytes("b", "x.unknown", []byte("data")),
			"--B\nContent-Disposition: form-data; name=\"b\"; filename=\"x.unknown\"\nContent-Type: application/octet-stream\n\ndata\n--B--\n"},
		{"reader that is no file", fixed().AddReader("r", "", plain("text"), 0),
			"--B\nContent-Disposition: form-data; name=\"r\"\n\ntext\n--B--\n"},
		{"header", fixed().AddPart(form.Part{Name: "h", Value: "v", ContentType: "text/html; charset=utf-8",
			Header: map[string][]string{"X-B": {"2", "3"}, "X-A": {"1"}}}),
			"--B\nContent-Disposition: form-data; name=\"h\"\nContent-Type: text/html; charset=utf-8\nX-A: 1\nX-B: 2\nX-B: 3\n\nv\n--B--\n"},
		{"content type in the header", fixed().AddPart(form.Part{Name: "h", FileName: "f.png", Value: "v",
			Header: map[string][]string{"content-type": {"a/b"}}}),
			"--B\nContent-Disposition: form-data; name=\"h\"; filename=\"f.png\"\ncontent-type: a/b\n\nv\n--B--\n"},
		{"nested", fixed().AddForm("files", nested),
			"--B\nContent-Disposition: form-data; name=\"files\"\nContent-Type: multipart/mixed; boundary=N\n\n" +
				"--N\nContent-Disposition: attachment; filename=\"a.txt\"\nContent-Type: text/plain\n\nA\n" +
				"--N\n\nbare\n--N--\n\n--B--\n"},
		{"related", (&form.Form{Boundary: "B", Subtype: "Related"}).AddPart(form.Part{ContentType: "text/html", Value: "<p>",
			Header: map[string][]string{"Content-Disposition": {"inline"}}}),
			"--B\nContent-Type: text/html\nContent-Disposition: inline\n\n<p>\n--B--\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			contentType, got := encode(t, tt.form)
			if want := crlf(tt.want); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			want := "multipart/form-data; boundary=B"
			if tt.form.Subtype != "" {
				want = "multipart/related; boundary=B"
			}
			if contentType != want {
				t.Errorf("Content-Type %q, want %q", contentType, want)
			}
		})
	}
}

// "by replacing any 0x0A (LF) bytes with the byte sequence `%0A`, 0x0D (CR) with
// `%0D` and 0x22 (") with `%22`."
// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
func TestFormEscapesNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"a", `"a"`},
		{"a b;c=d'", `"a b;c=d'"`},
		{"na\"me\r\nX-Evil: 1\r\n\r\n", `"na%22me%0D%0AX-Evil: 1%0D%0A%0D%0A"`},
		{"\x00\x1f\x7f\t", `"%00%1F%7F%09"`},
		{"Kätzchen€", `"Kätzchen€"`},
		{"%22", `"%22"`},
		{`dir\file\`, `"dir\\file\\"`},
		{"\xff", "\"\xff\""},
	}
	for _, tt := range tests {
		_, got := encode(t, (&form.Form{Boundary: "B"}).AddBytes(tt.name, tt.name, nil))
		want := "--B\r\nContent-Disposition: form-data; name=" + tt.want + "; filename=" + tt.want + "\r\nContent-Type"
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q:\n%s\nwant\n%s", tt.name, got, want)
		}
	}
}

func TestFormEncodeRefuses(t *testing.T) {
	cycle := form.New()
	cycle.AddForm("self", form.New().AddForm("again", cycle))
	folder := t.TempDir()
	one := func(p form.Part) *form.Form { return (&form.Form{Multipart: true}).AddPart(p) }
	header := func(key, value string) *form.Form {
		return one(form.Part{Name: "n", ContentType: "a/b", Header: map[string][]string{key: {value}}})
	}
	tests := []struct {
		name string
		form *form.Form
		want string
	}{
		{"content type with CRLF", one(form.Part{Name: "n", ContentType: "a/b\r\nX: y"}), `encoding form: part "n": content type "a/b\r\nX: y" has control characters`},
		{"content type with NUL", one(form.Part{Name: "n", ContentType: "a/b\x00"}), `encoding form: part "n": content type "a/b\x00" has control characters`},
		{"header value", header("X-A", "1\nX: y"), `encoding form: part "n": header field X-A: value "1\nX: y" has control characters`},
		{"header name", header("X-A: 1\r\nB", ""), `encoding form: part "n": header field name "X-A: 1\r\nB" is no token`},
		{"header twice", header("content-type", "x/y"), `encoding form: part "n": header field content-type is given twice`},
		{"disposition twice", header("content-disposition", "inline"), `encoding form: part "n": header field content-disposition is given twice`},
		{"subtype", &form.Form{Subtype: "a; b"}, `encoding form: subtype "a; b" is no token`},
		{"boundary with CRLF", &form.Form{Boundary: "a\r\n", Multipart: true}, "encoding form: boundary \"a\\r\\n\": want 1 to 70 letters, digits and '()+_,-./:=? with no space at the end"},
		{"boundary with space", &form.Form{Boundary: "a ", Multipart: true}, "encoding form: boundary \"a \": want 1 to 70 letters, digits and '()+_,-./:=? with no space at the end"},
		{"two contents", one(form.Part{Name: "n", Value: "v", Bytes: []byte{}}), `encoding form: part "n": more than one content: Value and Bytes`},
		{"cycle", cycle, `encoding form: part "self": part "again": form is nested in itself`},
		{"nested with a type", one(form.Part{Name: "n", Form: form.New(), ContentType: "a/b"}), `encoding form: part "n": ContentType of a nested form: its Subtype says it`},
		{"no path", form.New().AddFile("n", ""), `encoding form: part "n": file without a path`},
		{"no reader", form.New().AddReader("n", "f", nil, 0), `encoding form: part "n": reader is nil`},
		{"no form", form.New().AddForm("n", nil), `encoding form: part "n": nested form is nil`},
		{"two plain contents", form.New().AddPart(form.Part{Name: "n", Value: "v", Bytes: []byte("b")}), `encoding form: part "n": more than one content: Value and Bytes`},
		{"two nested contents", form.New().AddForm("m", form.New().AddPart(form.Part{Name: "n", Value: "v", Path: "b"})), `encoding form: part "m": part "n": more than one content: Value and Path`},
		{"boundary of the outer form", (&form.Form{Boundary: "B"}).AddForm("n", &form.Form{Boundary: "BC"}), `encoding form: part "n": boundary "BC" begins as that of the form around it`},
		{"folder", form.New().AddFile("n", folder), `encoding form: part "n": send ` + folder + `: is a directory`},
		{"two sizes", form.New().AddReader("n", "", strings.NewReader("abc"), 2), `encoding form: part "n": reader of 3 bytes with a Size of 2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, err := tt.form.Encode()
			if err == nil || err.Error() != tt.want {
				t.Errorf("body %v, error %v, want %s", body, err, tt.want)
			}
		})
	}
	if _, err := form.New().AddFile("n", folder+"/none").Encode(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestFormQuotesBoundary(t *testing.T) {
	for boundary, want := range map[string]string{
		"a b":                   `multipart/form-data; boundary="a b"`,
		"a:b/c":                 `multipart/form-data; boundary="a:b/c"`,
		strings.Repeat("x", 70): "multipart/form-data; boundary=" + strings.Repeat("x", 70),
	} {
		contentType, content := encode(t, (&form.Form{Boundary: boundary, Multipart: true}).Add("a", "1"))
		if contentType != want {
			t.Errorf("%s, want %s", contentType, want)
		}
		r, err := form.ReadForm(strings.NewReader(content), contentType, form.ReadOptions{})
		if err != nil || r.Value("a") != "1" {
			t.Errorf("%s reads as %v, %v", contentType, r, err)
		}
	}
}

func TestFormBoundaryIsRandom(t *testing.T) {
	f := &form.Form{Multipart: true}
	seen := map[string]bool{}
	for range 100 {
		contentType, _ := encode(t, f)
		seen[contentType] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d boundaries of 100 forms", len(seen))
	}
}

func TestFormLengthIsKnownWhereItCanBe(t *testing.T) {
	path := writeFile(t, "f", "12345")
	open := func() (io.ReadCloser, error) { return io.NopCloser(plain("12345")), nil }
	tests := []struct {
		name  string
		part  form.Part
		known bool
	}{
		{"value", form.Part{Value: "12345"}, true},
		{"bytes", form.Part{Bytes: []byte("12345")}, true},
		{"large bytes", form.Part{Bytes: make([]byte, 1<<20)}, true},
		{"path", form.Part{Path: path}, true},
		{"open with a size", form.Part{Open: open, Size: 5}, true},
		{"open", form.Part{Open: open}, false},
		{"reader with a size", form.Part{Reader: plain("12345"), Size: 5}, true},
		{"reader", form.Part{Reader: plain("12345")}, false},
		{"bytes.Reader", form.Part{Reader: bytes.NewReader([]byte("12345"))}, true},
		{"strings.Reader", form.Part{Reader: strings.NewReader("")}, true},
		{"bytes.Buffer", form.Part{Reader: bytes.NewBufferString("12345")}, true},
		{"nested", form.Part{Form: form.New().AddFile("a", path)}, true},
		{"nested of unknown size", form.Part{Form: form.New().AddReader("a", "", plain("1"), -1)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := (&form.Form{Multipart: true}).AddPart(tt.part).Add("last", "1")
			body, err := f.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if known := body.Length >= 0; known != tt.known {
				t.Errorf("Length %d", body.Length)
			}
			n, err := io.Copy(io.Discard, body)
			if err != nil || tt.known && n != body.Length {
				t.Errorf("%d bytes, error %v, with a Length of %d", n, err, body.Length)
			}
		})
	}
}

func TestFormAllGivesPartsInOrder(t *testing.T) {
	var names []string
	for p := range form.New().Add("a", "").AddFile("b", "x").AddBytes("c", "", nil).All() {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "a b c" {
		t.Errorf("parts %s", got)
	}
}
