package form_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiohttp-go/aiohttp/form"
)

func ExampleForm() {
	f := form.New().Add("name", "Mariatta & Andrew").Add("topic", "asyncio")
	body, err := f.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer body.Close()
	text, _ := io.ReadAll(body)
	fmt.Println(body.ContentType, body.Length)
	fmt.Println(string(text))
	// Output:
	// application/x-www-form-urlencoded 38
	// name=Mariatta+%26+Andrew&topic=asyncio
}

func ExampleForm_AddFile() {
	dir, err := os.MkdirTemp("", "form")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cat.png")
	if err := os.WriteFile(path, []byte("a picture"), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	f := form.New().Add("title", "A cat").AddFile("picture", path)
	f.Boundary = "fixed-for-this-example"
	body, err := f.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer body.Close()
	text, _ := io.ReadAll(body)
	fmt.Println(strings.ReplaceAll(string(text), "\r\n", "\n"))
	// Output:
	// --fixed-for-this-example
	// Content-Disposition: form-data; name="title"
	//
	// A cat
	// --fixed-for-this-example
	// Content-Disposition: form-data; name="picture"; filename="cat.png"
	// Content-Type: image/png
	//
	// a picture
	// --fixed-for-this-example--
}

func ExampleForm_AddPart() {
	f := form.New().AddPart(form.Part{
		Name:        "report",
		FileName:    "report.json",
		ContentType: "application/json",
		Header:      map[string][]string{"X-Version": {"2"}},
		Open: func() (io.ReadCloser, error) { // each time that the form is sent
			return io.NopCloser(strings.NewReader(`{"ok": true}`)), nil
		},
	})
	for p := range f.All() {
		fmt.Println(p.Name, p.FileName)
	}
	// Output: report report.json
}

// A form goes into a request of net/http like this. With GetBody the request
// can follow a redirect that asks for the body again.
func ExampleBody_Reopen() {
	body, err := form.New().AddBytes("file", "a.txt", []byte("content")).Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	req, err := http.NewRequest(http.MethodPost, "http://kit.test/", body)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Content-Type", body.ContentType)
	req.ContentLength = body.Length
	if body.Replayable() {
		req.GetBody = func() (io.ReadCloser, error) { return body.Reopen() }
	}

	again, err := req.GetBody()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer again.Close()
	n, err := io.Copy(io.Discard, again)
	fmt.Println(n == req.ContentLength, err)
	// Output: true <nil>
}

func ExampleNewReader() {
	body := "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA cat\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"C:\\cats\\cat.png\"\r\nContent-Type: image/png\r\n\r\na picture\r\n--B--\r\n"
	r, err := form.NewReader(strings.NewReader(body), "multipart/form-data; boundary=B", form.Limits{MaxParts: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	for part, err := range r.Parts() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if part.IsFile() {
			part.SetLimit(5 << 20)
			n, err := io.Copy(io.Discard, part)
			fmt.Println(part.Name(), part.FileName(), part.ContentType(), n, err)
			continue
		}
		text, err := part.Text()
		fmt.Println(part.Name(), text, err)
	}
	// Output:
	// title A cat <nil>
	// picture cat.png image/png 9 <nil>
}

func ExampleReadForm() {
	handler := func(w http.ResponseWriter, req *http.Request) {
		f, err := form.ReadForm(req.Body, req.Header.Get("Content-Type"), form.ReadOptions{
			Limits: form.Limits{MaxBytes: 10 << 20},
		})
		if err != nil {
			http.Error(w, err.Error(), status(err))
			return
		}
		defer f.Close()
		picture := f.File("picture")
		fmt.Fprintln(w, f.Value("title"), form.SafeName(picture.FileName), picture.Size)
	}

	body, err := form.New().Add("title", "A cat").AddBytes("picture", "../cat?.png", []byte("a picture")).Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	req := httptest.NewRequest(http.MethodPost, "/", body)
	req.Header.Set("Content-Type", body.ContentType)
	rec := httptest.NewRecorder()
	handler(rec, req)
	fmt.Print(rec.Code, " ", rec.Body)
	// Output: 200 A cat cat_.png 9
}

// status gives what a server answers to an error of reading a form.
func status(err error) int {
	if _, ok := errors.AsType[*form.LimitError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	switch {
	case errors.Is(err, form.ErrMalformed):
		return http.StatusBadRequest
	case errors.Is(err, form.ErrNotForm):
		return http.StatusUnsupportedMediaType
	}
	return http.StatusInternalServerError
}

func ExampleReadForm_onFile() {
	body := "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"big.iso\"\r\n\r\n...\r\n--B--\r\n"
	f, err := form.ReadForm(strings.NewReader(body), "multipart/form-data; boundary=B", form.ReadOptions{
		OnFile: func(part *form.PartReader) error {
			_, err := io.Copy(os.Stdout, part) // to a disk, a database, another server
			return err
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	// Output: ...
}

func ExampleParseURLEncoded() {
	values, err := form.ParseURLEncoded(strings.NewReader("name=Mariatta+%26+Andrew&topic=asyncio"), form.Limits{})
	fmt.Println(values.Get("name"), err)
	_, err = form.ParseURLEncoded(strings.NewReader("a=1&b=2&c=3"), form.Limits{MaxParts: 2})
	fmt.Println(err)
	// Output:
	// Mariatta & Andrew <nil>
	// reading form: more than 2 fields
}

func ExampleParseDisposition() {
	d, err := form.ParseDisposition(`attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`)
	fmt.Println(d.Type, d.FileName(), err)
	// Output: attachment résumé.pdf <nil>
}

func ExampleDisposition_String() {
	d := form.Disposition{Type: "attachment", Params: map[string]string{"filename": "résumé.pdf"}}
	fmt.Println(d)
	// Output: attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf
}

func ExampleSafeName() {
	for _, name := range []string{"../../etc/passwd", `C:\temp\a:b.txt`, "nul.txt", "..", ".profile"} {
		fmt.Printf("%q\n", form.SafeName(name))
	}
	// Output:
	// "passwd"
	// "a_b.txt"
	// "_nul.txt"
	// ""
	// "profile"
}
