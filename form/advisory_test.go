package form_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
)

// Flaws that other readers and writers of forms had, each by the name it was
// published under. What must end "in time" would run into the test's time-out;
// what must be linear is counted, in reads or in bytes allocated.

func TestFormCVE_2024_30251_TruncatedBodyWithPartLengthEnds(t *testing.T) {
	for _, length := range []string{"1000000", "0", "-1", "3"} {
		content := "--B\nContent-Disposition: form-data; name=a\nContent-Length: " + length + "\n\nabc"
		parts, err := readString(t, crlf(content), formData, form.Limits{})
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(parts) != 1 || parts[0].Content != "abc" {
			t.Errorf("Content-Length %s: %v, %v", length, parts, err)
		}
	}
}

// A part's own length must not let one part look like two, nor hide one.
func TestFormCVE_2024_30251_PartLengthFramesNothing(t *testing.T) {
	content := "--B\nContent-Length: 20\n\nabc\n--B\nContent-Length: 1\n\ndef\n--B--\n"
	parts, err := readString(t, crlf(content), formData, form.Limits{})
	if err != nil || len(parts) != 2 || parts[0].Content != "abc" || parts[1].Content != "def" {
		t.Errorf("%v, %v", parts, err)
	}
}

func TestFormCVE_2025_69227_MalformedMultipartEnds(t *testing.T) {
	for _, content := range []string{
		"", "--", "--B", "--B\n", "--B\n\n", "--B\n\n--B", "--B\n\n\n--B", "\n", "--B--B--B", "--B\n:\n\n--B--", "--B\x00\x00--B--",
		"--B\nContent-Transfer-Encoding: base64\n\n====\n--B--", "--B\nContent-Type: multipart/mixed; boundary=B\n\n--B--",
		strings.Repeat("--B\n", 100), strings.Repeat("\n", 1000), strings.Repeat("--B\n\n", 50) + "--B-",
	} {
		_, err := readForm(t, content, form.ReadOptions{})
		if !errors.Is(err, form.ErrMalformed) {
			t.Errorf("%q: error %v", content, err)
		}
	}
}

// A body that gives nothing, for ever, without an error.
func TestFormCVE_2025_69227_StuckBodyEnds(t *testing.T) {
	for _, start := range []string{"", "--B\r\n", "--B\r\n\r\nabc", "--B--"} {
		r, err := form.NewReader(io.MultiReader(strings.NewReader(start), stuck{}), formData, form.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(r); !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("%q: error %v", start, err)
		}
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestFormCVE_2025_69228_LimitIsForAllFieldsTogether(t *testing.T) {
	var content strings.Builder
	for i := range 900 {
		content.WriteString(field(fmt.Sprint(i), strings.Repeat("x", 2000)))
	}
	_, err := readForm(t, content.String()+"--B--\n", form.ReadOptions{})
	if limit, ok := errors.AsType[*form.LimitError](err); !ok || limit.Limit != 1<<20 {
		t.Errorf("error %v", err)
	}
}

func TestFormCVE_2026_34514_ContentTypeWithLineBreakIsRefused(t *testing.T) {
	for _, bad := range []string{"a/b\r\nX: y", "a/b\nX: y", "a/b\rX: y", "a/b\x00", "a/b\r\n\r\nbody"} {
		f := form.New().AddPart(form.Part{Name: "n", FileName: "f", ContentType: bad})
		if body, err := f.Encode(); err == nil {
			t.Errorf("%q: %v", bad, body)
		}
	}
}

func TestFormCVE_2026_34516_PartHeadersAreLimited(t *testing.T) {
	for _, head := range []string{strings.Repeat("X: y\n", 129), "X: " + strings.Repeat("y", 9000) + "\n"} {
		_, err := readForm(t, "--B\n"+head+"\n\n--B--\n", form.ReadOptions{})
		if _, ok := errors.AsType[*form.LimitError](err); !ok {
			t.Errorf("%.20q: error %v", head, err)
		}
	}
}

// The value is refused before more of it was read than is allowed.
func TestFormCVE_2026_34517_ValueIsRefusedBeforeItIsHeld(t *testing.T) {
	body := &tally{r: io.MultiReader(strings.NewReader(crlf("--B\nContent-Disposition: form-data; name=a\n\n")), zeros{})}
	_, err := form.ReadForm(body, formData, form.ReadOptions{})
	if _, ok := errors.AsType[*form.LimitError](err); !ok {
		t.Errorf("error %v", err)
	}
	if most := int64(1<<20 + 64<<10); body.n > most {
		t.Errorf("%d bytes were read", body.n)
	}
}

// tally counts what is read.
type tally struct {
	r     io.Reader
	n     int64
	reads int
}

func (c *tally) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.reads++
	return n, err
}

func TestFormCVE_2026_50269_HeadersWithLineBreaksAreRefused(t *testing.T) {
	for key, value := range map[string]string{"X-A": "1\r\nX: y", "X-B": "1\n", "X\r\nY": "", "X Y": "", "": "", "X:": "1", "X-C": "\x00"} {
		f := form.New().AddPart(form.Part{Name: "n", Header: map[string][]string{key: {value}}})
		if body, err := f.Encode(); err == nil {
			t.Errorf("%q: %q: %v", key, value, body)
		}
	}
	// Names are escaped, not refused: people do call files such things.
	evil := "a\"\r\nX-Evil: 1\r\n\r\n--B\r\n"
	_, got := encode(t, (&form.Form{Boundary: "B"}).AddBytes(evil, evil, nil))
	if strings.Count(got, "\r\n") != strings.Count(crlf("--B\nD\nT\n\n\n--B--\n"), "\r\n") {
		t.Errorf("line breaks got through:\n%s", got)
	}
}

func TestFormGO_2023_1737_FileNameIsQuoted(t *testing.T) {
	for _, name := range []string{`x.sh"; dummy=".txt`, "x\r\nSet-Cookie: a=b", `x\`, `x\"; filename="y`} {
		d := form.Disposition{Type: "attachment", Params: params{"filename": name}}
		if strings.ContainsAny(d.String(), "\r\n") {
			t.Errorf("%q: %q", name, d.String())
		}
		again, err := form.ParseDisposition(d.String())
		if err != nil || again.Params["filename"] != name || len(again.Params) != 1 {
			t.Errorf("%q reads as %v, %v", name, again, err)
		}
	}
}

func TestFormCVE_2026_42507_ErrorsQuoteWhatThePeerSent(t *testing.T) {
	for _, content := range []string{
		"--B\nbad \x1b[31m\x01\n\n\n--B--\n", "--B\nContent-Disposition: \x80\x1b; a\n\n\n--B--\n",
		"--B\nContent-Transfer-Encoding: \xff\xfe" + strings.Repeat("x", 1000) + "\n\n\n--B--\n",
		"--B\nContent-Disposition: form-data; name=\"%0A%0D\"; filename=\"\"\nContent-Transfer-Encoding: base64\n\n!\n--B--\n",
	} {
		_, err := readForm(t, content, form.ReadOptions{})
		if err == nil || strings.ContainsAny(err.Error(), "\x1b\x01\r\n") || strings.Contains(err.Error(), "\xff") || len(err.Error()) > 250 {
			t.Errorf("error %v", err)
		}
	}
}

func TestFormCVE_2026_128126_ManyFieldsAreCappedAndLinear(t *testing.T) {
	body := &tally{r: &repeat{text: "a=&"}}
	_, err := form.ParseURLEncoded(body, form.Limits{})
	if limit, ok := errors.AsType[*form.LimitError](err); !ok || limit.What != "fields" {
		t.Errorf("error %v", err)
	}
	if body.n > 16<<10 {
		t.Errorf("%d bytes were read of 1000 fields of 3", body.n)
	}
	// Without a cap, a million of them are still read in one go.
	small, large := allocated(func() { parseFields(t, 10_000) }), allocated(func() { parseFields(t, 1_000_000) })
	if large > 300*small {
		t.Errorf("%d bytes for 10,000 fields, %d for 1,000,000", small, large)
	}
}

func parseFields(t *testing.T, n int) {
	t.Helper()
	values, err := form.ParseURLEncoded(strings.NewReader(strings.Repeat("a=&", n)), form.Limits{MaxParts: -1, MaxMemoryBytes: -1})
	if err != nil || len(values["a"]) != n {
		t.Errorf("%d of %d fields, %v", len(values["a"]), n, err)
	}
}

// allocated gives the number of bytes that f allocates in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestFormGHSA_24c4_3p7v_29cm_DecodedSizeCounts(t *testing.T) {
	base64 := "--B\nContent-Disposition: form-data; name=a\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("QUFB", 500) + "\n--B--\n"
	_, err := readForm(t, base64, form.ReadOptions{Limits: form.Limits{MaxPartBytes: 1499}})
	if limit, ok := errors.AsType[*form.LimitError](err); !ok || limit.Limit != 1499 {
		t.Errorf("beyond the limit of a part: %v", err)
	}
	_, err = readForm(t, base64, form.ReadOptions{Limits: form.Limits{MaxMemoryBytes: 1500}})
	if _, ok := errors.AsType[*form.LimitError](err); !ok {
		t.Errorf("beyond the limit of memory: %v", err)
	}
	if r, err := readForm(t, base64, form.ReadOptions{Limits: form.Limits{MaxPartBytes: 1500}}); err != nil || len(r.Value("a")) != 1500 {
		t.Errorf("at the limit: %v", err)
	}
}

func TestFormGHSA_9xw5_w5jj_pvcg_ManySmallFilesTakeNoDescriptors(t *testing.T) {
	small := strings.Repeat(file("f", "f", "0123456789"), 10_000) + "--B--\n"
	dir := t.TempDir()
	_, err := readForm(t, small, form.ReadOptions{Dir: dir})
	if limit, ok := errors.AsType[*form.LimitError](err); !ok || limit.What != "parts" || left(t, dir) != 0 {
		t.Errorf("by default: %v, %d temporary files", err, left(t, dir))
	}
	r, err := readForm(t, small, form.ReadOptions{Dir: dir, Limits: form.Limits{MaxParts: -1, MaxMemoryBytes: 8 << 20}})
	if err != nil || len(r.Files["f"]) != 10_000 || left(t, dir) != 0 {
		t.Errorf("in memory: %v, %d temporary files", err, left(t, dir))
	}
	large := strings.Repeat(file("f", "f", strings.Repeat("x", 5000)), 1000) + "--B--\n"
	before := descriptors(t)
	r, err = readForm(t, large, form.ReadOptions{Dir: dir})
	if err != nil || len(r.Files["f"]) != 1000 || left(t, dir) != 1 || descriptors(t) > before {
		t.Errorf("on disk: %v, %d temporary files, %d descriptors more", err, left(t, dir), descriptors(t)-before)
	}
}

// descriptors gives the number of open files of this process, or 0 where that
// cannot be told.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// CVE-2017-1000098, CVE-2022-41725, CVE-2023-24534, CVE-2023-24536 and
// CVE-2023-45290 are those of Go's mime/multipart and net/textproto.
func TestFormCVE_2023_24534_MemoryIsBounded(t *testing.T) {
	none := form.Limits{MaxParts: -1}
	var nesting strings.Builder
	for outer := "B"; nesting.Len() < 1<<20; outer += "B" {
		nesting.WriteString(crlf("--" + outer + "\nContent-Disposition: form-data; name=a\nContent-Type: multipart/mixed; boundary=B" + outer + "\n\n"))
	}
	tests := []struct {
		name  string
		body  io.Reader
		opts  form.ReadOptions
		bytes uint64 // that may be allocated in all
	}{
		{"CVE-2023-24536, a million parts", &repeat{text: crlf(field("a", ""))}, form.ReadOptions{}, 10 << 20},
		{"CVE-2022-41725, parts without a limit", &repeat{text: crlf(field("a", ""))}, form.ReadOptions{Limits: none}, 20 << 20},
		{"CVE-2022-41725, small files without a limit", &repeat{text: crlf(file("a", "b", ""))}, form.ReadOptions{Limits: none}, 20 << 20},
		{"CVE-2022-41725, long names", &repeat{text: crlf(field(strings.Repeat("n", 900), ""))}, form.ReadOptions{Limits: none}, 20 << 20},
		{"CVE-2023-24534, endless headers", io.MultiReader(strings.NewReader("--B\r\n"), &repeat{text: "A: b\r\n"}), form.ReadOptions{}, 1 << 20},
		{"CVE-2023-45290, endless line", io.MultiReader(strings.NewReader("--B\r\nA: "), &repeat{text: "b"}), form.ReadOptions{}, 1 << 20},
		{"endless folded line", io.MultiReader(strings.NewReader("--B\r\nA: "), &repeat{text: "b\r\n "}), form.ReadOptions{}, 1 << 20},
		{"endless nesting", strings.NewReader(nesting.String()), form.ReadOptions{}, 1 << 20},
		{"endless preamble", &repeat{text: "\r\n--A"}, form.ReadOptions{Limits: form.Limits{MaxBytes: 4 << 20}}, 1 << 20},
		{"endless padding", io.MultiReader(strings.NewReader("--B"), &repeat{text: " "}), form.ReadOptions{Limits: form.Limits{MaxBytes: 4 << 20}}, 1 << 20},
		{"endless epilogue", io.MultiReader(strings.NewReader("--B--\r\n"), &repeat{text: "--B\r\n"}), form.ReadOptions{Limits: form.Limits{MaxBytes: 4 << 20}}, 1 << 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Dir = t.TempDir()
			used := allocated(func() {
				_, err := form.ReadForm(tt.body, formData, tt.opts)
				if _, ok := errors.AsType[*form.LimitError](err); !ok {
					t.Errorf("error %v", err)
				}
			})
			if used > tt.bytes {
				t.Errorf("%d KiB were allocated", used>>10)
			}
		})
	}
}

// Every octet but a few is looked at once, whatever it could be the beginning of.
func TestFormBoundaryPrefixesAreLinear(t *testing.T) {
	boundary := strings.Repeat("a", 70)
	for _, text := range []string{
		"\r", "\r\n", "\r\n--", "\r\n--" + boundary[:69], "\r\n--" + boundary + "x", "\r\n--" + boundary + "-", "\r\n--" + boundary + "\tx", "a", "-",
	} {
		const size = 2 << 20
		in := io.MultiReader(strings.NewReader("--"+boundary+"\r\n\r\n"), io.LimitReader(&repeat{text: text}, size))
		body := &tally{r: in}
		r, err := form.NewReader(body, "multipart/form-data; boundary="+boundary, form.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: error %v", text, err)
		}
		if body.reads > size/8000*2 {
			t.Errorf("%q: %d reads", text, body.reads)
		}
	}
}
