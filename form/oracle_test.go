package form_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

// Go's mime/multipart and net/url are the oracle: what we write they read, and
// what they write we read.

// randomText gives text made of what parsers stumble on.
func randomText(rnd *rand.Rand) string {
	pieces := []string{"a", "B", " ", "ä", "€", "\r\n", "\n", "\r", "--", "--B", "\r\n--B", "\r\n--", "\"", "%", "=", "&", ";", "+", "\x00", "\xff",
		strings.Repeat("x", 200), strings.Repeat("y", 20000)}
	var b strings.Builder
	for range rnd.IntN(8) {
		b.WriteString(pieces[rnd.IntN(len(pieces))])
	}
	return b.String()
}

// randomName gives a name that both sides spell the same way: the oracle does
// not undo the escapes of quotes and line ends.
func randomName(rnd *rand.Rand) string {
	pieces := []string{"a", "b c", "ä€", "'", ";", "x=y", `\`, "[0]", "%41", "."}
	var b strings.Builder
	b.WriteString("n")
	for range rnd.IntN(6) {
		b.WriteString(pieces[rnd.IntN(len(pieces))])
	}
	return b.String()
}

// drained reads the parts of the oracle's reader.
func drained(tb testing.TB, r *multipart.Reader) []part {
	tb.Helper()
	var parts []part
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			tb.Fatal(err)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			tb.Fatal(err)
		}
		// Not p.FileName, which takes off paths by the rules of this system.
		_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if err != nil {
			tb.Fatal(err)
		}
		got := part{Name: p.FormName(), ContentType: p.Header.Get("Content-Type"), Content: string(content)}
		got.FileName = form.Disposition{Params: params}.FileName()
		if got.ContentType == "" {
			got.ContentType = "text/plain"
		}
		parts = append(parts, got)
	}
}

func TestFormIsReadByMimeMultipart(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		f := &form.Form{Multipart: true}
		var want []part
		for range rnd.IntN(6) {
			p := part{Name: randomName(rnd), ContentType: "text/plain", Content: randomText(rnd)}
			switch rnd.IntN(4) {
			case 0:
				f.Add(p.Name, p.Content)
			case 1:
				f.AddReader(p.Name, "", plain(p.Content), 0)
			case 2:
				p.FileName, p.ContentType = "f"+strings.ReplaceAll(randomName(rnd), `\`, ""), "x/y"
				f.AddPart(form.Part{Name: p.Name, FileName: p.FileName, ContentType: "x/y", Bytes: []byte(p.Content)})
			case 3:
				p.FileName, p.ContentType = "f.png", "image/png"
				f.AddFile(p.Name, writeFile(t, "f.png", p.Content))
			}
			want = append(want, p)
		}
		contentType, content := encode(t, f)
		_, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatal(err)
		}
		got := drained(t, multipart.NewReader(strings.NewReader(content), params["boundary"]))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, as read by mime/multipart:\n%s", seed, diff)
		}
		if got, err := readString(t, content, contentType, form.Limits{}); err != nil || !cmp.Equal(want, got) {
			t.Fatalf("seed %d, as read by ourselves: %v\n%s", seed, err, cmp.Diff(want, got))
		}
	}
}

func TestReaderReadsMimeMultipart(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var wire bytes.Buffer
		w := multipart.NewWriter(&wire)
		var want []part
		for range rnd.IntN(6) {
			p := part{Name: randomName(rnd) + `"\`, ContentType: "text/plain", Content: randomText(rnd)}
			var to io.Writer
			var err error
			if rnd.IntN(2) == 0 {
				to, err = w.CreateFormField(p.Name)
			} else {
				p.FileName, p.ContentType = "f\""+strings.ReplaceAll(randomName(rnd), `\`, ""), "application/octet-stream"
				to, err = w.CreateFormFile(p.Name, p.FileName)
			}
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(to, p.Content)
			want = append(want, p)
		}
		w.Close()
		content := wire.String()
		if len(want) == 0 {
			content = strings.TrimPrefix(content, "\r\n")
		}
		got, err := readString(t, content, w.FormDataContentType(), form.Limits{})
		if err != nil || !cmp.Equal(want, got) {
			t.Fatalf("seed %d: %v\n%s", seed, err, cmp.Diff(want, got))
		}
	}
}

// Nested bodies and headers of all kinds.
func TestReaderReadsNestedMimeMultipart(t *testing.T) {
	var inner, outer bytes.Buffer
	in := multipart.NewWriter(&inner)
	for i := range 3 {
		w, err := in.CreatePart(textproto.MIMEHeader{"Content-Type": {fmt.Sprint("x/", i)}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, i)
	}
	in.Close()
	out := multipart.NewWriter(&outer)
	w, err := out.CreatePart(textproto.MIMEHeader{"Content-Type": {"multipart/mixed; boundary=" + in.Boundary()}})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(inner.Bytes())
	out.Close()
	got, err := readString(t, outer.String(), "multipart/related; boundary="+out.Boundary(), form.Limits{})
	want := []part{{ContentType: "multipart/mixed", Parts: []part{
		{ContentType: "x/0", Content: "0"}, {ContentType: "x/1", Content: "1"}, {ContentType: "x/2", Content: "2"}}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestFormURLEncodedAgreesWithNetURL(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		f, want := form.New(), url.Values{}
		for range rnd.IntN(6) {
			name, value := randomText(rnd), strings.ToValidUTF8(randomText(rnd), "")
			name = strings.ToValidUTF8(name[:min(len(name), 500)], "")
			f.Add(name, value)
			want.Add(name, value)
		}
		_, content := encode(t, f)
		got, err := url.ParseQuery(content)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("seed %d, as read by net/url: %v\n%s", seed, err, diff)
		}
		got, err = form.ParseURLEncoded(strings.NewReader(want.Encode()), form.Limits{})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("seed %d, as written by net/url: %v\n%s", seed, err, diff)
		}
	}
}
