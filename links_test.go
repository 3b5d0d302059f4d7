package aiohttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/google/go-cmp/cmp"
)

// answered gives a response with these fields, from https://api.test/a/b?c.
func answered(t testing.TB, header http.Header) *aiohttp.Response {
	t.Helper()
	resp, err := aiohttp.FromHTTP(&aiohttp.Request{URL: "https://api.test/a/b?c"}, &http.Response{StatusCode: 200, Header: header})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestResponseLinks(t *testing.T) {
	type link struct {
		URL    string
		Rel    []string
		Params map[string]string
	}
	none := map[string]string{}
	for _, test := range []struct {
		name   string
		fields []string
		want   []link
	}{
		{"none", nil, nil},
		{"github", []string{`<https://api.test/x?page=2>; rel="next", <https://api.test/x?page=9>; rel="last"`},
			[]link{{"https://api.test/x?page=2", []string{"next"}, none}, {"https://api.test/x?page=9", []string{"last"}, none}}},
		{"relative", []string{"<c?d>;rel=next", "</>;rel=home", "<?p=2>; rel=next", "<//other.test/x>; rel=up"},
			[]link{{"https://api.test/a/c?d", []string{"next"}, none}, {"https://api.test/", []string{"home"}, none},
				{"https://api.test/a/b?p=2", []string{"next"}, none}, {"https://other.test/x", []string{"up"}, none}}},
		{"comma-and-semicolon-in-target", []string{"<a,b;c>; rel=x,<d>;rel=y"},
			[]link{{"https://api.test/a/a,b;c", []string{"x"}, none}, {"https://api.test/a/d", []string{"y"}, none}}},
		{"several-relations", []string{`<a>; REL="Next  prefetch"; rel=last; title="a \"b\", c; d"; type=text/html`},
			[]link{{"https://api.test/a/a", []string{"next", "prefetch"}, map[string]string{"title": `a "b", c; d`, "type": "text/html"}}}},
		{"white-space", []string{"  <a>  ;  rel = next ;  flag  ,  ,  <b>;rel=\"prev\"  "},
			[]link{{"https://api.test/a/a", []string{"next"}, map[string]string{"flag": ""}}, {"https://api.test/a/b", []string{"prev"}, none}}},
		{"anchored", []string{`<a>; rel=next; anchor="#x", <b>; rel=next`}, []link{{"https://api.test/a/b", []string{"next"}, none}}},
		{"broken", []string{"a; rel=next, <b>; rel=next", "<c", "<d> x; rel=next, <e>;rel=up", `<f>;rel="next`, "<%zz>;rel=next", "<g>;=x;rel=y"},
			[]link{{"https://api.test/a/b", []string{"next"}, none}, {"https://api.test/a/e", []string{"up"}, none},
				{"https://api.test/a/f", []string{"next"}, none}, {"https://api.test/a/g", []string{"y"}, none}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []link
			for _, l := range answered(t, http.Header{"Link": test.fields}).Links() {
				got = append(got, link{l.URL.String(), l.Rel, l.Params})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestResponseLink(t *testing.T) {
	resp := answered(t, http.Header{"Link": {`<p>; rel=prev, <n>; rel="x NEXT"`}})
	if u := resp.Link("next"); u == nil || u.Path != "/a/n" {
		t.Errorf("next: %v", u)
	}
	if u := resp.Link("last"); u != nil {
		t.Errorf("last: %v", u)
	}
}

func FuzzLinks(f *testing.F) {
	f.Add(`<https://api.test/x?page=2>; rel="next", <b>; title="\""; rel=last`)
	f.Add(`<a>;,;;=,"`)
	f.Fuzz(func(t *testing.T, value string) {
		links := answered(t, http.Header{"Link": {value}}).Links()
		if len(links) > strings.Count(value, "<") {
			t.Errorf("%d links of %q", len(links), value)
		}
	})
}

func TestResponseMediaType(t *testing.T) {
	for _, test := range []struct{ field, kind, charset string }{
		{"", "", ""},
		{"text/html", "text/html", ""},
		{"Text/HTML; Charset=\"UTF-8\"", "text/html", "utf-8"},
		{"application/problem+json;charset=latin1", "application/problem+json", "latin1"},
		{"nonsense", "", ""},
		{"text/html/x", "", ""},
	} {
		resp := answered(t, http.Header{"Content-Type": {test.field}})
		if kind, charset := resp.MediaType(), resp.Charset(); kind != test.kind || charset != test.charset {
			t.Errorf("%q: got %q, %q", test.field, kind, charset)
		}
	}
}

func TestResponseFileName(t *testing.T) {
	for _, test := range []struct{ field, want string }{
		{"", "b"},
		{"inline", "b"},
		{`attachment; filename="report.pdf"`, "report.pdf"},
		{`attachment; filename="../../etc/passwd"`, "passwd"},
		{`attachment; filename=x; filename*=UTF-8''na%C3%AFve.txt`, "naïve.txt"},
		{`attachment; filename="CON"`, "_CON"},
	} {
		if got := answered(t, http.Header{"Content-Disposition": {test.field}}).FileName(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.field, got, test.want)
		}
	}
}
