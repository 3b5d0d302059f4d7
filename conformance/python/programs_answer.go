package python

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
)

// page answers with fields and a body.
func page(fields, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
}

// answered is a program of one GET.
func answered(name, answer string, step Step) Program {
	if step.URL == "" {
		step.URL = "{A}/"
	}
	return Program{Name: name, Steps: []Step{step}, Answers: []string{answer}}
}

// packed compresses a text.
func packed(coding, text string) string {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	switch coding {
	case "zlib":
		w = zlib.NewWriter(&b)
	case "raw":
		w, _ = flate.NewWriter(&b, flate.DefaultCompression) // an error is about the level
	}
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

var (
	zipped = packed("gzip", "hello hello hello")
	asText = Step{}
)

// ofContent are about what a response says.
var ofContent = []Program{
	answered("text-utf-8", page("Content-Type: text/plain; charset=utf-8\r\n", "é"), asText),
	answered("text-latin-1", page("Content-Type: text/plain; charset=ISO-8859-1\r\n", "\xe9"), asText),
	answered("text-undeclared", page("Content-Type: text/plain\r\n", "é"), asText),
	answered("text-invalid", page("Content-Type: text/plain; charset=utf-8\r\n", "a\xff"), asText),
	answered("text-unknown-charset", page("Content-Type: text/plain; charset=none-such\r\n", "é"), asText),
	answered("text-mark", page("Content-Type: text/plain; charset=utf-8\r\n", "\ufeffx"), asText),
	answered("json", page("Content-Type: application/json\r\n", `{"a":[1,2.5,"é",null]}`), Step{Read: "json"}),
	answered("json-of-a-kind", page("Content-Type: application/problem+json\r\n", `{"a":1}`), Step{Read: "json"}),
	answered("json-as-html", page("Content-Type: text/html\r\n", `{"a":1}`), Step{Read: "json"}),
	answered("json-that-is-html", page("Content-Type: text/html\r\n", `<html>`), Step{Read: "json"}),
	answered("json-broken", page("Content-Type: application/json\r\n", `{"a":`), Step{Read: "json"}),
	answered("json-of-nothing", page("Content-Type: application/json\r\n", ``), Step{Read: "json"}),
	answered("lines", page("", "one\ntwo\r\n\nthree"), Step{Read: "lines"}),
	answered("links", page("Link: </b>; rel=next, <http://c.test/>; rel=\"last\"\r\n", ""), Step{Read: "links"}),
	answered("file-name", page("Content-Disposition: attachment; filename=\"a b.txt\"\r\n", ""), Step{Read: "name"}),
	answered("file-name-encoded", page("Content-Disposition: attachment; filename=x; filename*=UTF-8''%C3%A9.txt\r\n", ""), Step{Read: "name"}),
	answered("text-undeclared-not-utf-8", page("Content-Type: text/plain\r\n", "caf\xe9 au lait"), asText),
	answered("text-of-html-that-declares-it", page("Content-Type: text/html\r\n", "<meta charset=iso-8859-2><p>\xb1\xe6\xea"), asText),
	answered("fields-of-one-name", page("X-One: 1\r\nx-one: 2\r\nX-ONE: 3, 4\r\n", "ok"), Step{Read: "fields"}),
	answered("fields-are-trimmed", page("X-One: \t 1 2 \t\r\nX-One:\r\n", "ok"), Step{Read: "fields"}),
	answered("fields-folded", page("X-One: 1\r\n  2\r\n", "ok"), Step{Read: "fields"}),
	answered("fields-in-quotes", page("X-One: \"1\"\r\n", "ok"), Step{Read: "fields"}),
	answered("trailers-are-no-fields", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-One\r\n\r\n2\r\nok\r\n0\r\nX-One: 1\r\n\r\n", Step{Read: "fields"}),
	answered("chunks-with-extensions", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n00\r\n\r\n", asText),
	answered("status-404", "HTTP/1.1 404 Not Here\r\nContent-Length: 2\r\n\r\nno", asText),
	answered("status-404-raised", "HTTP/1.1 404 Not Here\r\nContent-Length: 2\r\n\r\nno", Step{Raise: true}),
	{Name: "status-500-raised-by-the-session", Session: Session{Raise: true}, Steps: []Step{{URL: "{A}/"}}, Answers: []string{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"}},
	answered("status-without-reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", asText),
	answered("status-204", "HTTP/1.1 204 No Content\r\n\r\n", asText),
	answered("status-304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", asText),
	answered("interim", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+ok, asText),
	answered("head-with-length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", Step{Method: "HEAD"}),
	answered("gzip", page("Content-Encoding: gzip\r\n", zipped), asText),
	answered("gzip-by-its-old-name", page("Content-Encoding: x-gzip\r\n", zipped), asText),
	answered("gzip-in-capitals", page("Content-Encoding: GZIP\r\n", zipped), asText),
	answered("gzip-of-two-members", page("Content-Encoding: gzip\r\n", zipped+zipped), asText),
	answered("gzip-cut-short", page("Content-Encoding: gzip\r\n", zipped[:len(zipped)-9]), asText),
	answered("gzip-that-is-none", page("Content-Encoding: gzip\r\n", "plain text"), asText),
	answered("gzip-of-nothing", page("Content-Encoding: gzip\r\n", ""), asText),
	answered("gzip-chunked", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(zipped), zipped), asText),
	answered("deflate", page("Content-Encoding: deflate\r\n", packed("zlib", "hello")), asText),
	answered("deflate-without-zlib", page("Content-Encoding: deflate\r\n", packed("raw", "hello")), asText),
	answered("coding-unknown", page("Content-Encoding: none-such\r\n", "hello"), asText),
	answered("coding-identity", page("Content-Encoding: identity\r\n", "hello"), asText),
	{Name: "gzip-raw", Session: Session{Raw: true}, Steps: []Step{{URL: "{A}/", Read: "octets"}}, Answers: []string{page("Content-Encoding: gzip\r\n", zipped)}},
	{Name: "gzip-of-head", Steps: []Step{{URL: "{A}/", Method: "HEAD"}}, Answers: []string{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n"}},
	{Name: "kept-alive-and-closed", Steps: []Step{{URL: "{A}/"}, {URL: "{A}/"}, {URL: "{A}/"}}, Answers: []string{ok, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok{close}", ok}},
}

// ofFailures are about what goes wrong.
var ofFailures = []Program{
	one("fail-refused", Step{URL: "{Z}/"}),
	one("fail-no-such-host", Step{URL: "http://none.test/"}),
	one("fail-url-without-scheme", Step{URL: "a.test/x"}),
	one("fail-url-without-host", Step{URL: "http:///x"}),
	one("fail-url-bracket", Step{URL: "http://[::1/"}),
	one("fail-url-port", Step{URL: "http://a.test:99999/"}),
	one("fail-url-port-letters", Step{URL: "http://a.test:x/"}),
	one("fail-scheme", Step{URL: "ftp://a.test/"}),
	answered("fail-no-answer", "{close}", asText),
	answered("fail-half-a-head", "HTTP/1.1 200 OK\r\nContent-Le{close}", asText),
	answered("fail-cut-short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel{close}", asText),
	answered("fail-chunks-cut-short", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel{close}", asText),
	answered("fail-last-chunk-missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n{close}", asText),
	answered("fail-chunk-size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n", asText),
	answered("fail-status-line", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok", asText),
	answered("fail-no-http", "SSH-2.0-OpenSSH_9.2\r\n{close}", asText),
	answered("fail-field", "HTTP/1.1 200 OK\r\nbad field\r\nContent-Length: 2\r\n\r\nok", asText),
	answered("fail-two-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", asText),
	answered("fail-length-beside-chunked", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", asText),
	answered("fail-lone-lf", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", asText),
	answered("fail-long-field", page("X-Long: "+string(bytes.Repeat([]byte("x"), 9000))+"\r\n", "ok"), asText),
	answered("fail-reset", "{reset}", asText),
	answered("fail-reset-of-the-body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel{reset}", asText),
	{Name: "stale-get", Steps: []Step{{URL: "{A}/"}, {URL: "{A}/"}}, Answers: []string{ok, "{close}", ok}},
	{Name: "stale-post", Steps: []Step{{URL: "{A}/"}, posted(Step{URL: "{A}/", Text: "x"})}, Answers: []string{ok, "{close}", ok}},
	{Name: "new-get-without-answer", Steps: []Step{{URL: "{A}/"}}, Answers: []string{"{close}", ok}},
	answered("fail-total-time", "{silence}", Step{Total: 0.2}),
	answered("fail-total-time-of-the-body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel{silence}", Step{Total: 0.2}),
	answered("fail-head-time", "{silence}", Step{SockRead: 0.2}),
	answered("fail-body-time", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel{silence}", Step{SockRead: 0.2}),
	answered("until-the-end", "HTTP/1.1 200 OK\r\n\r\nhello{close}", asText),
}
