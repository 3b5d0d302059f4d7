package form_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

func field(name, value string) string {
	return fmt.Sprintf("--B\nContent-Disposition: form-data; name=%q\n\n%s\n", name, value)
}

func file(name, fileName, content string) string {
	return fmt.Sprintf("--B\nContent-Disposition: form-data; name=%q; filename=%q\n\n%s\n", name, fileName, content)
}

func readForm(tb testing.TB, content string, opts form.ReadOptions) (*form.Received, error) {
	tb.Helper()
	r, err := form.ReadForm(strings.NewReader(lone(content)), formData, opts)
	if err == nil {
		tb.Cleanup(func() { r.Close() })
	}
	return r, err
}

// left gives the number of files in a folder.
func left(tb testing.TB, dir string) int {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return len(entries)
}

func contentOf(tb testing.TB, f *form.File) string {
	tb.Helper()
	content, err := f.Open()
	if err != nil {
		tb.Fatal(err)
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil || int64(len(data)) != f.Size {
		tb.Fatalf("%d bytes of %d, %v", len(data), f.Size, err)
	}
	return string(data)
}

func TestReadFormValuesAndFiles(t *testing.T) {
	dir := t.TempDir()
	big := strings.Repeat("big", 1600)
	r, err := readForm(t, field("a", "1")+file("f", "dir/x.txt", "small")+field("b", "")+file("f", "y", big)+
		field("a", "2")+file("g", "", "")+file("h", "z", big+"!")+"--B--\n",
		form.ReadOptions{Dir: dir, Limits: form.Limits{MaxMemoryBytes: 4000}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(url.Values{"a": {"1", "2"}, "b": {""}}, r.Values); diff != "" {
		t.Error(diff)
	}
	if r.Value("a") != "1" || r.Value("none") != "" || r.File("none") != nil {
		t.Errorf("Value %q, File %v", r.Value("a"), r.File("none"))
	}
	for _, tt := range []struct {
		file           *form.File
		name, contents string
	}{
		{r.File("f"), "x.txt", "small"}, {r.Files["f"][1], "y", big}, {r.File("g"), "", ""}, {r.File("h"), "z", big + "!"},
	} {
		if got := contentOf(t, tt.file); got != tt.contents || tt.file.FileName != tt.name || tt.file.ContentType != "text/plain" {
			t.Errorf("%+v: %d bytes, want %d of %q", tt.file, len(got), len(tt.contents), tt.name)
		}
	}
	content, err := r.Files["h"][0].Open()
	if err != nil {
		t.Fatal(err)
	}
	var last [4]byte
	if _, err := content.ReadAt(last[:], 4797); string(last[:]) != "big!" {
		t.Errorf("the last bytes: %q, %v", last, err)
	}
	if at, err := content.Seek(-1, io.SeekEnd); at != 4800 || err != nil {
		t.Errorf("Seek: %d, %v", at, err)
	}
	content.Close()
	if n := left(t, dir); n != 1 {
		t.Errorf("%d temporary files", n)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := left(t, dir); n != 0 {
		t.Errorf("%d temporary files after Close", n)
	}
	if _, err := r.File("h").Open(); err == nil {
		t.Error("Open after Close")
	}
}

func TestReadFormURLEncoded(t *testing.T) {
	r, err := form.ReadForm(strings.NewReader("a=1&b=%C3%A4"), "Application/X-WWW-Form-URLEncoded; charset=utf-8", form.ReadOptions{})
	if err != nil || r.Value("b") != "ä" || r.File("a") != nil || r.Close() != nil {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := form.ReadForm(strings.NewReader("a&b"), "application/x-www-form-urlencoded", form.ReadOptions{Limits: form.Limits{MaxParts: 1}}); err == nil {
		t.Error("no error beyond the limit")
	}
}

func TestReadFormOnFile(t *testing.T) {
	dir := t.TempDir()
	var got []string
	r, err := readForm(t, file("f", "x", "content")+field("a", "1")+file("g", "y", "unread")+"--B--\n", form.ReadOptions{
		Dir: dir,
		OnFile: func(p *form.PartReader) error {
			content := make([]byte, 3)
			io.ReadFull(p, content)
			got = append(got, p.Name()+" "+p.FileName()+" "+string(content))
			return nil
		},
	})
	if err != nil || r.Value("a") != "1" || len(r.Files) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"f x con", "g y unr"}, got); diff != "" {
		t.Error(diff)
	}
	cause := errors.New("not a picture")
	if _, err := readForm(t, file("f", "x", "content"), form.ReadOptions{OnFile: func(*form.PartReader) error { return cause }}); err != cause {
		t.Errorf("error %v, want the one of OnFile", err)
	}
}

// "[RFC2388] suggested that multiple files for a single form field be transmitted
// using a nested "multipart/mixed" part."
// https://www.rfc-editor.org/rfc/rfc7578#section-4.3
func TestReadFormNestedFilesAreOfTheOuterField(t *testing.T) {
	r, err := readForm(t, "--B\nContent-Disposition: form-data; name=\"files\"\nContent-Type: multipart/mixed; boundary=C\n\n"+
		"--C\nContent-Disposition: file; filename=\"a\"\n\nA\n--C\nContent-Disposition: file; filename=\"b\"\n\nB\n"+
		"--C\nContent-Disposition: form-data; name=\"own\"; filename=\"c\"\n\nC\n--C\n\nvalue\n--C--\n"+field("x", "y")+"--B--\n", form.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Files["files"]) != 2 || contentOf(t, r.Files["files"][1]) != "B" || contentOf(t, r.File("own")) != "C" {
		t.Errorf("files %v", r.Files)
	}
	if diff := cmp.Diff(url.Values{"files": {"value"}, "x": {"y"}}, r.Values); diff != "" {
		t.Error(diff)
	}
}

func TestReadFormCharset(t *testing.T) {
	html := "--B\nContent-Disposition: form-data; name=\"h\"\nContent-Type: text/plain; charset=KOI8-R\n\n\xf2\n"
	content := field("a", "\xe4") + field("_charset_", "ISO-8859-1") + field("b", "\xfc")
	r, err := readForm(t, content+"--B--\n", form.ReadOptions{})
	if err != nil || r.Value("a") != "ä" || r.Value("b") != "ü" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err = readForm(t, content+html+"--B--\n", form.ReadOptions{}); err == nil || err.Error() != `reading form: field "h": unknown charset "koi8-r"` {
		t.Errorf("unknown charset: %v", err)
	}
	r, err = readForm(t, content+html+"--B--\n", form.ReadOptions{DecodeText: func(charset string, content []byte) (string, error) {
		return fmt.Sprintf("%s %x", charset, content), nil
	}})
	if err != nil || r.Value("h") != "koi8-r f2" || r.Value("a") != "ä" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestReadFormRefuses(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	limits := form.Limits{MaxMemoryBytes: 1000, MaxPartBytes: 5000}
	many := ""
	for i := range 10 {
		many += field(fmt.Sprint("f", i), "")
	}
	tests := []struct {
		name, content string
		err           error // nil: a LimitError
	}{
		{"value beyond the memory", field("a", x(1000)), nil},
		{"values beyond the memory together", field("a", x(400)) + field("b", x(400)), nil},
		{"names beyond the memory", many, nil},
		{"part limit", field("a", "1") + file("f", "f", x(6000)), nil},
		{"file beyond its limit after another one", file("e", "e", x(3000)) + file("f", "f", x(6000)), nil},
		{"no name", "--B\nContent-Disposition: form-data; filename=\"f\"\n\n\n", form.ErrMalformed},
		{"no disposition", "--B\n\n\n", form.ErrMalformed},
		{"truncated in a file on disk", file("f", "f", x(3000))[:2500], io.ErrUnexpectedEOF},
		{"truncated behind a file on disk", file("f", "f", x(3000)), io.ErrUnexpectedEOF},
		{"truncated in a value", field("f", "f")[:46], io.ErrUnexpectedEOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			end := "--B--\n"
			if tt.err == io.ErrUnexpectedEOF {
				end = ""
			}
			_, err := readForm(t, tt.content+end, form.ReadOptions{Dir: dir, Limits: limits})
			_, limit := errors.AsType[*form.LimitError](err)
			if tt.err != nil && !errors.Is(err, tt.err) || tt.err == nil && !limit {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if n := left(t, dir); n != 0 {
				t.Errorf("%d temporary files are left", n)
			}
		})
	}
	for _, contentType := range []string{"multipart/mixed; boundary=B", "application/json", "", ";"} {
		if _, err := form.ReadForm(strings.NewReader(""), contentType, form.ReadOptions{}); !errors.Is(err, form.ErrNotForm) {
			t.Errorf("%q: error %v", contentType, err)
		}
	}
	if _, err := readForm(t, file("f", "f", x(3000))+"--B--\n", form.ReadOptions{Dir: "/nonexistent/folder", Limits: limits}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v of a folder that is not there", err)
	}
}
