package form_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/form"
)

type params = map[string]string

// The cases of http://greenbytes.de/tech/tc2231/ by their names there, and more.
// Where want is nil the value is refused.
var dispositionTests = []struct {
	name, value string
	kind        string
	want        params
}{
	{"inlonly", "inline", "inline", params{}},
	{"inlonlyquoted", `"inline"`, "", nil},
	{"semicolon", `form-data; name="data"; filename="file ; name.mp4"`, "form-data", params{"name": "data", "filename": "file ; name.mp4"}},
	{"inlwithasciifilename", `inline; filename="foo.html"`, "inline", params{"filename": "foo.html"}},
	{"attonlyucase", "ATTACHMENT", "attachment", params{}},
	{"attwithasciifnescapedchar", `attachment; filename="f\oo.html"`, "attachment", params{"filename": `f\oo.html`}},
	{"attwithasciifnescapedquote", `attachment; filename="\"quoting\" tested.html"`, "attachment", params{"filename": `"quoting" tested.html`}},
	{"attwithquotedsemicolon", `attachment; filename="Here's a semicolon;.html"`, "attachment", params{"filename": "Here's a semicolon;.html"}},
	{"attwithfilenameandextparam", `attachment; foo="bar"; filename="foo.html"`, "attachment", params{"foo": "bar", "filename": "foo.html"}},
	{"attwithfilenameandextparamescaped", `attachment; foo="\"\\";filename="foo.html"`, "attachment", params{"foo": `"\`, "filename": "foo.html"}},
	{"attwithasciifilenameucase", `attachment; FILENAME="foo.html"`, "attachment", params{"filename": "foo.html"}},
	{"attwithasciifilenamenq", "attachment; filename=foo.html", "attachment", params{"filename": "foo.html"}},
	{"attwithtokfncommanq", "attachment; filename=foo,bar.html", "attachment", params{"filename": "foo,bar.html"}},
	{"attwithasciifilenamenqs", "attachment; filename=foo.html ;", "attachment", params{"filename": "foo.html"}},
	{"attemptyparam", "attachment; ;filename=foo", "attachment", params{"filename": "foo"}},
	{"attwithasciifilenamenqws", "attachment; filename=foo bar.html", "attachment", params{"filename": "foo bar.html"}},
	{"attwithfntokensq", "attachment; filename='foo.html'", "attachment", params{"filename": "'foo.html'"}},
	{"attwithutf8fnplain", `attachment; filename="foo-ä.html"`, "attachment", params{"filename": "foo-ä.html"}},
	{"attwithfnrawpctenca", `attachment; filename="foo-%41.html"`, "attachment", params{"filename": "foo-%41.html"}},
	{"attwithfnusingpct", `attachment; filename="50%.html"`, "attachment", params{"filename": "50%.html"}},
	{"attwithfnquotpct", `attachment; filename="%22.html"`, "attachment", params{"filename": "%22.html"}},
	{"attwithasciifilenamews1", `attachment; filename ="foo.html"`, "attachment", params{"filename": "foo.html"}},
	{"attwith2filenames", `attachment; filename="foo.html"; filename="bar.html"`, "", nil},
	{"attfnbrokentoken", "attachment; filename=foo[1](2).html", "attachment", params{"filename": "foo[1](2).html"}},
	{"attmissingdisposition", "filename=foo.html", "", nil},
	{"attmissingdisposition2", "x=y; filename=foo.html", "", nil},
	{"attmissingdisposition3", `"foo; filename=bar;baz"; filename=qux`, "", nil},
	{"attmissingdisposition4", "filename=foo.html, filename=bar.html", "", nil},
	{"emptydisposition", "; filename=foo.html", "", nil},
	{"doublecolon", ": inline; attachment; filename=foo.html", "", nil},
	{"attandinline", "inline; attachment; filename=foo.html", "", nil},
	{"attbrokenquotedfn", `attachment; filename="foo.html".txt`, "", nil},
	{"attbrokenquotedfn2", `attachment; filename="bar`, "", nil},
	{"attbrokenquotedfn3", `attachment; filename=foo"bar;baz"qux`, "", nil},
	{"attmultinstances", "attachment; filename=foo.html, attachment; filename=bar.html", "", nil},
	{"attmissingdelim", "attachment; foo=foo filename=bar", "attachment", params{"foo": "foo filename=bar"}},
	{"attmissingdelim3", "attachment filename=bar", "", nil},
	{"attreversed", "filename=foo.html; attachment", "", nil},
	{"attconfusedparam", "attachment; xfilename=foo.html", "attachment", params{"xfilename": "foo.html"}},
	{"attabspath", `attachment; filename="/foo.html"`, "attachment", params{"filename": "/foo.html"}},
	{"dispext", "foobar", "foobar", params{}},
	{"dispextbadfn", `attachment; example="filename=example.txt"`, "attachment", params{"example": "filename=example.txt"}},
	{"attwithisofn2231iso", "attachment; filename*=iso-8859-1''foo-%E4.html", "attachment", params{"filename": "foo-ä.html"}},
	{"attwithfn2231utf8", "attachment; filename*=UTF-8''foo-%c3%a4-%e2%82%ac.html", "attachment", params{"filename": "foo-ä-€.html"}},
	{"attwithfn2231utf8 with a language", "attachment; filename*=utf-8'de-AT'foo-%c3%a4.html", "attachment", params{"filename": "foo-ä.html"}},
	{"attwithfn2231noc", "attachment; filename*=''foo-%c3%a4-%e2%82%ac.html", "attachment", params{"filename": "foo-ä-€.html"}},
	{"attwithfn2231utf8comp", "attachment; filename*=UTF-8''foo-a%cc%88.html", "attachment", params{"filename": "foo-a\u0308.html"}},
	{"attwithfn2231utf8-bad", "attachment; filename*=iso-8859-1''foo-%c3%a4-%e2%82%ac.html", "attachment", params{}},
	{"attwithfn2231iso-bad", "attachment; filename*=utf-8''foo-%E4.html", "attachment", params{}},
	{"attwithfn2231ws1", "attachment; filename *=UTF-8''foo-%c3%a4.html", "", nil},
	{"attwithfn2231ws2", "attachment; filename*= UTF-8''foo-%c3%a4.html", "attachment", params{"filename": "foo-ä.html"}},
	{"attwithfn2231ws3", "attachment; filename* =UTF-8''foo-%c3%a4.html", "attachment", params{"filename": "foo-ä.html"}},
	{"attwithfn2231quot", `attachment; filename*="UTF-8''foo-%c3%a4.html"`, "attachment", params{}},
	{"attwithfn2231singleqmissing", "attachment; filename*=UTF-8'foo-%c3%a4.html", "attachment", params{}},
	{"attwithfn2231nbadpct1", "attachment; filename*=UTF-8''foo%", "attachment", params{}},
	{"attwithfn2231nbadpct2", "attachment; filename*=UTF-8''f%oo.html", "attachment", params{}},
	{"attwithfn2231dpct", "attachment; filename*=UTF-8''A-%2541.html", "attachment", params{"filename": "A-%41.html"}},
	{"attfncont", `attachment; filename*0="foo."; filename*1="html"`, "attachment", params{"filename": "foo.html"}},
	{"attfncontqs", `attachment; filename*0="foo"; filename*1="\\bar.html"`, "attachment", params{"filename": `foo\bar.html`}},
	{"attfncontenc", `attachment; filename*0*=UTF-8''foo-%c3%a4; filename*1=".html"`, "attachment", params{"filename": "foo-ä.html"}},
	{"attfncontenc, a character cut in two", `attachment; filename*0*=UTF-8''foo-%c3; filename*1*=%a4.html`, "attachment", params{"filename": "foo-ä.html"}},
	{"attfncontenc without a charset", "attachment; filename*0*=foo-%c3%a4; filename*1=\".html\"", "attachment", params{}},
	{"attfncontlz", `attachment; filename*0="foo"; filename*01="bar"`, "attachment", params{"filename": "foo"}},
	{"attfncontnc", `attachment; filename*0="foo"; filename*2="bar"`, "attachment", params{"filename": "foo"}},
	{"attfnconts1", `attachment; filename*1="foo."; filename*2="html"`, "attachment", params{}},
	{"attfncontord", `attachment; filename*1="bar"; filename*0="foo"`, "attachment", params{"filename": "foobar"}},
	{"attfnboth", `attachment; filename="foo-ae.html"; filename*=UTF-8''foo-%c3%a4.html`, "attachment", params{"filename": "foo-ä.html"}},
	{"attfnboth2", `attachment; filename*=UTF-8''foo-%c3%a4.html; filename="foo-ae.html"`, "attachment", params{"filename": "foo-ä.html"}},
	{"attfnboth3", "attachment; filename*0*=ISO-8859-15''euro-sign%3d%a4; filename*=ISO-8859-1''currency-sign%3d%a4", "attachment", params{"filename": "currency-sign=¤"}},
	{"attfnboth, the better one broken", `attachment; filename="foo.html"; filename*=UTF-8''%`, "attachment", params{"filename": "foo.html"}},
	{"attnewandfn", `attachment; foobar=x; filename="foo.html"`, "attachment", params{"foobar": "x", "filename": "foo.html"}},
	{"attrfc2047quoted", `attachment; filename="=?ISO-8859-1?Q?foo-=E4.html?="`, "attachment", params{"filename": "=?ISO-8859-1?Q?foo-=E4.html?="}},
	{"form with a path", `form-data; name="f"; filename="C:\new\table.txt"`, "form-data", params{"name": "f", "filename": `C:\new\table.txt`}},
	{"form with a share", `form-data; name="f"; filename="\\host\x.txt"`, "form-data", params{"name": "f", "filename": `\host\x.txt`}},
	{"form with a backslash at the end", `form-data; name="f"; filename="dir\"`, "form-data", params{"name": "f", "filename": `dir\`}},
	{"form with escapes", `form-data; name="%22%0a%0D%20"`, "form-data", params{"name": "\"\n\r%20"}},
	{"form without quotes", `form-data; name=%22`, "form-data", params{"name": "%22"}},
	{"form with an encoded name", `form-data; name="a"; filename*=UTF-8''na%C3%AFve`, "form-data", params{"name": "a", "filename": "naïve"}},
	{"empty values", `form-data; name=""; filename=`, "form-data", params{"name": "", "filename": ""}},
	{"empty", "", "", nil},
	{"parameter without a name", "form-data; =x", "", nil},
	{"encoded parameter without a name", "form-data; *=UTF-8''x", "", nil},
}

func TestParseDisposition(t *testing.T) {
	for _, tt := range dispositionTests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := form.ParseDisposition(tt.value)
			if (err == nil) != (tt.want != nil) || err != nil && !errors.Is(err, form.ErrMalformed) {
				t.Fatalf("error %v", err)
			}
			if got.Type != tt.kind {
				t.Errorf("type %q, want %q", got.Type, tt.kind)
			}
			if diff := cmp.Diff(tt.want, got.Params); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDispositionString(t *testing.T) {
	tests := []struct {
		value form.Disposition
		want  string
	}{
		{form.Disposition{Type: "inline"}, "inline"},
		{form.Disposition{}, "attachment"},
		{form.Disposition{Type: "a\r\nb"}, "attachment"},
		{form.Disposition{Type: "attachment", Params: params{"filename": "a b.txt"}}, `attachment; filename="a b.txt"`},
		{form.Disposition{Type: "attachment", Params: params{"filename": `a"\b`}}, `attachment; filename="a\"\\b"`},
		{form.Disposition{Type: "attachment", Params: params{"filename": "naïve €.txt"}}, `attachment; filename="na_ve _.txt"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt`},
		{form.Disposition{Type: "attachment", Params: params{"filename": "a\r\nX: y"}}, `attachment; filename="a__X: y"; filename*=UTF-8''a%0D%0AX%3A%20y`},
		{form.Disposition{Type: "attachment", Params: params{"filename": "a\xff"}}, `attachment; filename="a_"`},
		{form.Disposition{Type: "attachment", Params: params{"z": "1", "a": "2", "filename": "f", "name": "n", "b\r\n": "", "c*": ""}}, `attachment; name="n"; filename="f"; a="2"; z="1"`},
		{form.Disposition{Type: "form-data", Params: params{"name": "é\"\r\n", "filename": `a\`}}, `form-data; name="é%22%0D%0A"; filename="a\\"`},
	}
	for _, tt := range tests {
		if got := tt.value.String(); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.value, got, tt.want)
		}
	}
}

func TestSafeName(t *testing.T) {
	tests := []struct{ name, want string }{
		{"", ""},
		{"report.pdf", "report.pdf"},
		{"Kätzchen im Schnee.jpeg", "Kätzchen im Schnee.jpeg"},
		{"../../etc/passwd", "passwd"},
		{`C:\Users\me\cat.png`, "cat.png"},
		{`..\/..`, ""},
		{".", ""},
		{"..", ""},
		{"...", ""},
		{"/", ""},
		{".htaccess", "htaccess"},
		{"-rf", "rf"},
		{". -.x", "x"},
		{"a.", "a"},
		{"a .", "a"},
		{"a\x00b\r\n.txt", "ab.txt"},
		{"a<b>:\"|?*.txt", "a_b______.txt"},
		{"file.txt:stream", "file.txt_stream"},
		{"CON", "_CON"},
		{"nul.txt", "_nul.txt"},
		{"Com1 .log", "_Com1 .log"},
		{"com\u00b9", "_com\u00b9"},
		{"CONIN$", "_CONIN$"},
		{"com10", "com10"},
		{"console", "console"},
		{"ann\u202egpj.exe", "anngpj.exe"},
		{"a\u200bb\u00a0c", "ab c"},
		{"\xff\xfe.bin", "__.bin"},
		{strings.Repeat("x", 300) + ".tar", strings.Repeat("x", 251) + ".tar"},
		{strings.Repeat("ä", 200), strings.Repeat("ä", 127)},
		{"a." + strings.Repeat("y", 300), "a." + strings.Repeat("y", 253)},
	}
	for _, tt := range tests {
		if got := form.SafeName(tt.name); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDispositionFileNameIsNoPath(t *testing.T) {
	for name, want := range map[string]string{
		"f.txt": "f.txt", "/f.txt": "f.txt", `\f.txt`: "f.txt", "../../x/f.txt": "f.txt", `C:\a/b\f.txt`: "f.txt",
		"..": "", ".": "", "a/..": "", "dir/": "", "a\x00\r\nb": "ab", "what?.txt": "what?.txt", "": "",
	} {
		d := form.Disposition{Params: params{"filename": name}}
		if got := d.FileName(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
