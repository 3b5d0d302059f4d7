package recording_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aiohttp-go/aiohttp/recording"
)

func TestParseTakesWhatPeopleWrite(t *testing.T) {
	text := "\ufeffaiohttp recording 1\r\n# about it\n\n\n> GET http://a.test/\r\n# within\n> accept:text/plain\n> Accept: \t a, b \n< 404 Not Here at all\n" +
		"<~ X-Odd: \\xff\\t.\n<| one\n<+ , still one\n<\\ \\x74wo\\\\\n<|\n\n\n> HEAD http://a.test/x\n\n< 200\n< Content-Length: 7\n\n> PUT http://a.test/y\n>= YWJj\n>= \n>= ZGU=\n\n< 204"
	got, err := recording.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []recording.Exchange{
		{Request: recording.Request{Method: "GET", URL: "http://a.test/", Header: http.Header{"Accept": {"text/plain", "a, b"}}},
			Response: recording.Response{Status: 404, Reason: "Not Here at all", Header: http.Header{"X-Odd": {"\xff\t."}}, Body: []byte("one, still one\ntwo\\\n")}},
		{Request: recording.Request{Method: "HEAD", URL: "http://a.test/x", Header: http.Header{}},
			Response: recording.Response{Status: 200, Header: http.Header{"Content-Length": {"7"}}}},
		{Request: recording.Request{Method: "PUT", URL: "http://a.test/y", Header: http.Header{}, Body: []byte("abcde")},
			Response: recording.Response{Status: 204, Header: http.Header{}}},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(recording.Exchange{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestParseRefuses(t *testing.T) {
	const request = "> GET http://a.test/\n"
	for _, tt := range []struct{ text, want string }{
		{"", `1: no recording: the first line is not "aiohttp recording 1"`},
		{"HTTP/1.1 200 OK", `1: no recording`},
		{"aiohttp recording 2\n", `1: a recording of another version: "aiohttp recording 2", this is for "aiohttp recording 1"`},
		{"=x", `2: neither a line of a request`},
		{" > GET http://a.test/", `2: neither a line of a request`},
		{">GET http://a.test/", `2: no space behind ">G"`},
		{">", `2: no request line`},
		{"> GET", `2: no request line (METHOD URL): "GET"`},
		{"> G@T http://a.test/", `2: no request line`},
		{"> GET /x", `2: no absolute URL: "/x"`},
		{"> GET ftp://a.test/", `2: no absolute URL`},
		{"> GET http://a.test/ HTTP/1.1", `2: `},
		{"> GET http://a.test/%zz", `2: parse "http://a.test/%zz": invalid URL escape`},
		{"< 200 OK", `2: a response without a request before it`},
		{request + request, `3: no header field`},
		{request + "\n" + request, `4: the request before has no response`},
		{request, `3: the last request has no response`},
		{request + "< 200\n\n< 200\n", `5: a response without a request before it`},
		{request + "< 99\n", `3: no status of a response: "99"`},
		{request + "< 101\n", `3: no status of a response: "101"`},
		{request + "< 20x\n", `3: no status`},
		{request + "< +20\n", `3: no status`},
		{request + "<~ 200 \\x07\n", `3: control character`},
		{request + "> Content-Length: 3\n", `3: Content-Length is not recorded: it follows from the body`},
		{request + "< 200\n< transfer-encoding: chunked\n", `4: Transfer-Encoding is not recorded`},
		{request + "> A b: c\n", `3: no header field (Name: value): "A b: c"`},
		{request + ">~ A: \\x00\n", `3: control character in the value of A`},
		{request + ">? x\n", `3: unknown mark '?'`},
		{request + ">|x\n", `3: no space behind ">|"`},
		{request + ">| x\n> A: b\n", `4: a line of the head behind the body`},
		{request + "\n>| x\n", `4: a body without a head before it`},
		{request + "<| x\n", `3: a body without a head before it`},
		{request + ">+ x\n", `3: nothing before that could be continued`},
		{request + ">\\ x\n>+ y\n", `4: nothing before that could be continued`},
		{request + ">| x\n>= eA==\n", `4: text and base64 in one body`},
		{request + ">= eA==\n>| x\n", `4: text and base64 in one body`},
		{request + ">= e\n< 200\n", `4: illegal base64 data`},
		{request + ">= eB==\n< 200\n", `4: illegal base64 data`}, // bits that are of no octet
		{request + ">\\ a\\\n", `3: "\" at the end of a line`},
		{request + ">\\ \\n\n", `3: unknown escape "\n"`},
		{request + ">\\ \\x1\n", `3: no two hexadecimal digits behind "\x"`},
		{request + ">\\ \\xzz\n", `3: no two hexadecimal digits behind "\x"`},
	} {
		text := tt.text
		if !strings.HasPrefix(tt.want, "1:") {
			text = "aiohttp recording 1\n" + text
		}
		got, err := recording.Parse([]byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: got %+v, %v, want the error %q", tt.text, got, err, tt.want)
		}
	}
}

// Whatever can be read is the same when it was written and read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("aiohttp recording 1\n\n> POST http://a.test/?x=y\n> A: b\n>| {\"a\":1,\n>+ \"b\":2}\n\n< 200 OK\n<~ C: \\xff\n<\\ a\\r\n<|\n"))
	f.Add([]byte("aiohttp recording 1\n> HEAD http://a.test/\n< 200\n< Content-Length: 7\n\n> PUT http://a.test/\n>= YWJj\n< 204\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := recording.Parse(text)
		if err != nil {
			return
		}
		written := recording.Format(first)
		second, err := recording.Parse(written)
		if err != nil {
			t.Fatalf("%v, in\n%s", err, written)
		}
		if d := cmp.Diff(first, second, cmpopts.IgnoreUnexported(recording.Exchange{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("(-first +second):\n%s", d)
		}
		if again := recording.Format(second); !bytes.Equal(again, written) {
			t.Fatalf("written differently:\n%s\n%s", written, again)
		}
	})
}

// Every body and every value of a field comes back as it was.
func FuzzFormat(f *testing.F) {
	for _, body := range []string{"", "\n", "a\r\nb", "\x00", "\xff", " \t", "a ", "\\", `[{"a":"b,c"},{"d":1}]`, "\u2028", "[" + strings.Repeat(`"x,",`, 100)} {
		f.Add(body, body)
	}
	f.Fuzz(func(t *testing.T, body, value string) {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			value = ""
		}
		value = strings.Trim(value, " \t")
		want := []recording.Exchange{{
			Request:  recording.Request{Method: "GET", URL: "http://a.test/", Header: http.Header{"A": {value}}, Body: []byte(body)},
			Response: recording.Response{Status: 200, Header: http.Header{"B": {"c", value}}, Body: []byte(body)},
		}}
		text := recording.Format(want)
		got, err := recording.Parse(text)
		if err != nil {
			t.Fatalf("%v, in\n%s", err, text)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(recording.Exchange{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("(-want +got):\n%s", d)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if strings.TrimRight(line, " \t\r") != line {
				t.Fatalf("white space at the end of %q", line)
			}
		}
	})
}

func TestFormatIsTheOneThatIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	inside := false
	for line := range strings.SplitSeq(string(doc), "\n") {
		line = strings.TrimPrefix(line, "//")
		if strings.HasPrefix(line, "\taiohttp recording") {
			inside = true
		} else if inside && line != "" && !strings.HasPrefix(line, "\t") {
			break
		}
		if inside {
			text.WriteString(strings.TrimPrefix(line, "\t") + "\n")
		}
	}
	all, err := recording.Parse([]byte(text.String()))
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, in\n%s", err, text.String())
	}
	if got, want := string(all[0].Response.Body), "{\"id\":7,\"name\":\"pen\"}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
