package form_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/form"
)

// counted counts how many of its contents are open.
type counted struct {
	mu              sync.Mutex
	open, max, made int
}

func (c *counted) part(name, content string) form.Part {
	return form.Part{Name: name, Open: func() (io.ReadCloser, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.made++
		c.open++
		c.max = max(c.max, c.open)
		return &countedContent{plain(content), c, false}, nil
	}}
}

type countedContent struct {
	io.Reader
	c      *counted
	closed bool
}

func (r *countedContent) Close() error {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if !r.closed {
		r.c.open--
	}
	r.closed = true
	return nil
}

func TestBodyOpensOneFileAtATime(t *testing.T) {
	for _, way := range []string{"Read", "WriteTo"} {
		var c counted
		f := form.New()
		for range 5 {
			f.AddPart(c.part("n", "content"))
		}
		body, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if c.made != 0 {
			t.Errorf("%s: Encode opened %d parts", way, c.made)
		}
		if way == "Read" {
			_, err = io.ReadAll(iotest.OneByteReader(body))
		} else {
			_, err = body.WriteTo(io.Discard)
		}
		if err != nil || c.made != 5 || c.max != 1 || c.open != 0 {
			t.Errorf("%s: error %v, %d opened, %d at once, %d left open", way, err, c.made, c.max, c.open)
		}
	}
}

func TestBodyCloseClosesWhatIsOpen(t *testing.T) {
	var c counted
	body, err := form.New().AddPart(c.part("a", "content")).AddPart(c.part("b", "content")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for !strings.HasSuffix(text.String(), "cont") {
		if _, err := io.CopyN(&text, body, 1); err != nil {
			t.Fatal(err)
		}
	}
	if c.open != 1 {
		t.Fatalf("%d open", c.open)
	}
	for range 2 {
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if c.open != 0 {
		t.Errorf("%d open after Close", c.open)
	}
	if n, err := body.Read(make([]byte, 100)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("Read after Close: %d, %v", n, err)
	}
	if _, err := io.Copy(io.Discard, body); err == nil || c.made != 1 {
		t.Errorf("WriteTo after Close: %v, %d opened", err, c.made)
	}
}

func TestBodyCloseWhileItIsRead(t *testing.T) {
	pr, pw := io.Pipe()
	body, err := form.New().AddPart(form.Part{Name: "a", Open: func() (io.ReadCloser, error) { return pr, nil }}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := io.ReadAll(body)
		done <- err
	}()
	if _, err := pw.Write([]byte("x")); err != nil { // so the pipe is open, and is read again
		t.Fatal(err)
	}
	body.Close()
	if err := <-done; err == nil {
		t.Error("no error of a body closed under way")
	}
}

func TestBodyReopens(t *testing.T) {
	path := writeFile(t, "f.txt", "from disk")
	file, err := os.Open(writeFile(t, "g.txt", "skip, from a file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Seek(6, io.SeekStart)
	seeker := struct{ io.ReadSeeker }{strings.NewReader("from a seeker")}
	f := form.New().Add("a", "1").AddFile("path", path).AddReader("file", "g", file, 0).
		AddReader("seeker", "s", seeker, 0).AddReader("bytes", "b", bytes.NewReader([]byte("from memory")), 0).
		AddForm("nested", form.New().AddFile("path", path))
	first, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !first.Replayable() {
		t.Error("not replayable")
	}
	io.CopyN(io.Discard, first, 700) // somewhere in the middle
	second, err := first.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if second.ContentType != first.ContentType || second.Length != first.Length {
		t.Errorf("%s, %d: was %s, %d", second.ContentType, second.Length, first.ContentType, first.Length)
	}
	var contents []string
	for range 2 {
		content, err := io.ReadAll(second)
		second.Close()
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, string(content))
		if second, err = second.Reopen(); err != nil {
			t.Fatal(err)
		}
	}
	if contents[0] != contents[1] {
		t.Errorf("first:\n%s\nthen:\n%s", contents[0], contents[1])
	}
	for _, want := range []string{"from disk", "\r\n\r\nfrom a file\r\n", "from a seeker", "from memory"} {
		if !strings.Contains(contents[0], want) {
			t.Errorf("no %q in\n%s", want, contents[0])
		}
	}
	if _, again := encode(t, f); len(again) != len(contents[0]) {
		t.Errorf("encoded again:\n%s", again)
	}
}

// A part that can be read only once must never be sent as an empty one.
func TestBodyReaderIsSentOnce(t *testing.T) {
	f := form.New().AddReader("r", "", plain("once"), 0)
	body, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if body.Replayable() {
		t.Error("replayable")
	}
	unread, err := body.Reopen()
	if err != nil {
		t.Fatalf("Reopen of an unread body: %v", err)
	}
	if content, err := io.ReadAll(unread); err != nil || !strings.Contains(string(content), "once") {
		t.Errorf("%q, %v", content, err)
	}
	if _, err := body.Reopen(); !errors.Is(err, form.ErrSpent) {
		t.Errorf("Reopen: %v", err)
	}
	if _, err := io.ReadAll(body); !errors.Is(err, form.ErrSpent) {
		t.Errorf("reading another: %v", err)
	}
	if _, err := f.Encode(); !errors.Is(err, form.ErrSpent) {
		t.Errorf("Encode: %v", err)
	}
}

func TestBodySeekerGoesOverToTheNextAttempt(t *testing.T) {
	seeker := struct{ io.ReadSeeker }{strings.NewReader(strings.Repeat("x", 1000))}
	first, err := form.New().AddReader("r", "", seeker, 0).Encode()
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(io.Discard, first, 300)
	second, err := first.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(io.Discard, second, 200)
	if _, err := io.ReadAll(first); err == nil {
		t.Error("the first attempt goes on")
	}
	if n, err := io.Copy(io.Discard, second); err != nil || n < 800 {
		t.Errorf("the second attempt: %d bytes, %v", n, err)
	}
}

func TestBodySizeMustBeRight(t *testing.T) {
	tests := []struct {
		name    string
		content string
		want    string
	}{
		{"short", "1234", `sending form part "r": content ended 1 bytes before its size of 5: unexpected EOF`},
		{"long", "123456", `sending form part "r": content is longer than its size of 5 bytes`},
	}
	for _, tt := range tests {
		for _, way := range []string{"Read", "WriteTo"} {
			body, err := form.New().AddReader("r", "", plain(tt.content), 5).Encode()
			if err != nil {
				t.Fatal(err)
			}
			if way == "Read" {
				_, err = io.Copy(io.Discard, sized{body})
			} else {
				_, err = body.WriteTo(io.Discard)
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("%s, %s: error %v, want %s", tt.name, way, err, tt.want)
			}
		}
	}
}

func TestBodyFileThatChanges(t *testing.T) {
	for _, way := range []string{"Read", "WriteTo"} {
		path := writeFile(t, "log", "12345")
		body, err := form.New().AddFile("f", path).Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("123456789"), 0o600); err != nil {
			t.Fatal(err)
		}
		read := func(b *form.Body) (string, error) {
			var text strings.Builder
			if way == "Read" {
				_, err := io.Copy(&text, sized{b})
				return text.String(), err
			}
			_, err := b.WriteTo(&text)
			return text.String(), err
		}
		if content, err := read(body); err != nil || int64(len(content)) != body.Length || !strings.Contains(content, "\n12345\r") {
			t.Errorf("%s: grown: %q, %v", way, content, err)
		}
		if err := os.WriteFile(path, []byte("12"), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := body.Reopen()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read(again); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: shrunk: %v", way, err)
		}
		os.Remove(path)
		if again, err = body.Reopen(); err != nil {
			t.Fatal(err)
		}
		if _, err := read(again); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: removed: %v", way, err)
		}
	}
}

func TestBodyErrorsOfContent(t *testing.T) {
	cause := errors.New("disk on fire")
	for _, p := range []form.Part{
		{Name: "n", Reader: io.MultiReader(strings.NewReader("some"), iotest.ErrReader(cause))},
		{Name: "n", Open: func() (io.ReadCloser, error) { return nil, cause }},
	} {
		for _, way := range []string{"Read", "WriteTo"} {
			f := form.New().AddPart(p)
			body, err := f.Encode()
			if errors.Is(err, form.ErrSpent) {
				continue // by the first way
			}
			if way == "Read" {
				_, err = io.ReadAll(body)
			} else {
				_, err = body.WriteTo(io.Discard)
			}
			if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), `sending form part "n": `) {
				t.Errorf("%s: error %v", way, err)
			}
		}
	}
	body, err := form.New().AddPart(form.Part{Name: "n", Open: func() (io.ReadCloser, error) { return nil, nil }}).Encode()
	if err == nil {
		_, err = io.ReadAll(body)
	}
	if err == nil || err.Error() != `sending form part "n": Open gave nil` {
		t.Errorf("error %v", err)
	}
}

func TestBodyErrorOfTheWriterClosesFiles(t *testing.T) {
	var c counted
	body, err := form.New().AddPart(c.part("a", strings.Repeat("x", 100))).Encode()
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("reset")
	_, err = body.WriteTo(&failing{left: 120, err: cause})
	if !errors.Is(err, cause) || c.made != 1 || c.open != 0 {
		t.Errorf("error %v, %d opened, %d left open", err, c.made, c.open)
	}
}

type failing struct {
	left int
	err  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestBodyBytesOfSmallForms(t *testing.T) {
	for _, f := range []*form.Form{form.New().Add("a", "1"), (&form.Form{Multipart: true}).Add("a", "1")} {
		body, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		content, ok := body.Bytes()
		read, _ := io.ReadAll(body)
		if !ok || !bytes.Equal(content, read) || len(read) == 0 {
			t.Errorf("Bytes %q, %v; read %q", content, ok, read)
		}
	}
	body, err := form.New().AddReader("r", "", plain("x"), 1).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if content, ok := body.Bytes(); ok {
		t.Errorf("Bytes of a reader: %q", content)
	}
}

func TestBodySentConcurrently(t *testing.T) {
	f := form.New().AddFile("a", writeFile(t, "f", strings.Repeat("y", 10000))).
		AddReader("b", "b", strings.NewReader(strings.Repeat("x", 10000)), 0)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			body, err := f.Encode()
			if err != nil {
				t.Error(err)
				return
			}
			defer body.Close()
			if n, err := io.Copy(io.Discard, body); err != nil || n != body.Length {
				t.Errorf("%d of %d bytes, %v", n, body.Length, err)
			}
		})
	}
	wg.Wait()
}

// A device or a pipe is read to its end, and only once.
func TestBodyFileThatIsNoRegularOne(t *testing.T) {
	info, err := os.Stat(os.DevNull)
	if err != nil || info.Mode().IsRegular() {
		t.Skipf("%s: %v, %v", os.DevNull, info, err)
	}
	body, err := form.New().AddFile("f", os.DevNull).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if body.Length >= 0 || body.Replayable() {
		t.Errorf("Length %d, replayable %v", body.Length, body.Replayable())
	}
	again, err := body.Reopen()
	if err != nil {
		t.Fatalf("Reopen of an unread body: %v", err)
	}
	if _, err := io.ReadAll(body); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(again); !errors.Is(err, form.ErrSpent) {
		t.Errorf("reading another: %v", err)
	}
	if _, err := body.Reopen(); !errors.Is(err, form.ErrSpent) {
		t.Errorf("Reopen: %v", err)
	}
}

func TestBodyReaderThatCannotSeekAfterAll(t *testing.T) {
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pr.Close()
	pw.WriteString("through a pipe")
	pw.Close()
	body, err := form.New().AddReader("f", "f", pr, 0).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if body.Length >= 0 || body.Replayable() {
		t.Errorf("Length %d, replayable %v", body.Length, body.Replayable())
	}
	if content, err := io.ReadAll(body); err != nil || !strings.Contains(string(content), "through a pipe") {
		t.Errorf("%q, %v", content, err)
	}
}
