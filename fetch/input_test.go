package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// lines reads a list into what it yields, one string each.
func lines(r io.Reader) []string {
	var got []string
	for it, err := range fetch.Lines(r) {
		if err != nil {
			got = append(got, "error: "+err.Error())
		} else {
			if len(it.URL) > 100 {
				it.URL = fmt.Sprintf("%d bytes", len(it.URL))
			}
			got = append(got, fmt.Sprintf("%d %s", it.Line, it.URL))
		}
	}
	return got
}

func TestLines(t *testing.T) {
	long := "http://h/" + strings.Repeat("a", 64<<10-9)
	padding := strings.Repeat(" ", 1<<17)
	tests := []struct {
		name, list string
		want       []string
	}{
		{"empty", "", nil},
		{"blank-lines", "\n \r\n\t\n", nil},
		{"comments", "#a\n  # b\nhttp://h/#frag", []string{"3 http://h/#frag"}},
		{"crlf-and-blanks", "\uFEFF http://h/a \r\n\r\nhttp://h/b\t", []string{"1 http://h/a", "3 http://h/b"}},
		{"mark-only-at-the-beginning", "http://h/\n\uFEFFhttp://h/", []string{"1 http://h/", `error: line 2: url "\ufeffhttp://h/": first path segment in URL cannot contain colon`}},
		{"nul", "http://h/\x00", []string{`error: line 1: url "http://h/\x00": net/url: invalid control character in URL`}},
		{"longest", long + "\n" + long, []string{"1 65536 bytes", "2 65536 bytes"}},
		{"too-long", long + "a\nhttp://h/b", []string{"error: line 1: longer than 65536 bytes", "2 http://h/b"}},
		{"long-comment", "#" + long + "\nhttp://h/b", []string{"2 http://h/b"}},
		{"long-json", `{` + padding + `"url":"http://h/"}` + "\nhttp://h/b", []string{"1 http://h/", "2 http://h/b"}},
		{"too-long-json", `{` + strings.Repeat(padding, 8) + `"url":"http://h/"}` + "\r\nhttp://h/b",
			[]string{"error: line 1: longer than 1048576 bytes", "2 http://h/b"}},
		{"json-typo", `{"url":"http://h/","header":{}}`, []string{`error: line 1: json: unknown field "header"`}},
		{"json-twice", `{"url":"http://h/"}{}`, []string{`error: line 1: json: "{}" after the object`}},
		{"json-no-url", `{}`, []string{"error: line 1: url: empty"}},
		{"json-bad-sum", `{"url":"http://h/","sha256":"12"}`, []string{`error: line 1: sha256 "12": not 64 hex digits`}},
		{"json-bad-header", `{"url":"http://h/","headers":{"a":1}}`, []string{"error: line 1: json: a header must be a string or a list of strings"}},
		{"json-result", `{"line":1,"url":"http://h/","final_url":"","status":404,"bytes":0,"attempts":1,"error":"x","cause":"y","phases_ms":{"send":1},"time":"t"}`,
			[]string{"1 http://h/"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(strings.NewReader(tt.list))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinesGivesAllOfJSON(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	list := `{"url":"http://h/","method":"PUT","headers":{"a":"1","b":["2","3"]},"body":"text","output":"d/x","sha256":"` + sum + `","meta":[1]}
{"url":"http://h/","body":{"a": 1},"headers":{"Content-Type":"x/y"}}`
	want := []fetch.Item{
		{Line: 1, URL: "http://h/", Method: "PUT", Header: http.Header{"A": {"1"}, "B": {"2", "3"}}, Body: []byte("text"),
			Output: "d/x", SHA256: sum, Meta: []byte("[1]")},
		{Line: 2, URL: "http://h/", Header: http.Header{"Content-Type": {"x/y"}}, Body: []byte(`{"a": 1}`)},
	}
	var got []fetch.Item
	for it, err := range fetch.Lines(strings.NewReader(list)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, it)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLinesEndsWithItsReader(t *testing.T) {
	broken := errors.New("broken pipe")
	r := io.MultiReader(strings.NewReader("http://h/a\nhttp://h/b"), iotest.ErrReader(broken))
	want := []string{"1 http://h/a", "error: line 2: read: broken pipe"}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("http://h/\n{\"url\":\"http://h/\"}\r\n#\n\uFEFF\x00")
	f.Add(`{"url":"http://h/","headers":{"a":["b"]},"body":[]}`)
	f.Fuzz(func(t *testing.T, list string) {
		last := 0
		for it, err := range fetch.Lines(iotest.OneByteReader(strings.NewReader(list))) {
			var lineErr *fetch.LineError
			switch {
			case err == nil && (it.Line <= last || it.URL == ""):
				t.Fatalf("line %d after %d: %q", it.Line, last, it.URL)
			case err != nil && (!errors.As(err, &lineErr) || lineErr.Line <= last):
				t.Fatalf("after line %d: %v", last, err)
			case err == nil:
				last = it.Line
				if _, err := fetch.Tree().Path(1, it); err != nil && it.Output == "" {
					t.Fatalf("line %d has no name: %v", it.Line, err)
				}
			default:
				last = lineErr.Line
			}
		}
	})
}
