package python

// ok answers a request.
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// one is a program of one request that is answered by ok.
func one(name string, step Step) Program {
	if step.URL == "" {
		step.URL = "{A}/"
	}
	return Program{Name: name, Steps: []Step{step}, Answers: []string{ok}}
}

// posted is a step with a method that has a body.
func posted(step Step) Step {
	step.Method = "POST"
	return step
}

// ofURLs are about what becomes of a URL and its query.
var ofURLs = []Program{
	one("url-plain", Step{URL: "{A}/a/b.html?x=1&y=2"}),
	one("url-without-path", Step{URL: "{A}"}),
	one("url-query-without-path", Step{URL: "{A}?x=1"}),
	one("url-fragment", Step{URL: "{A}/a#part"}),
	one("url-space", Step{URL: "{A}/a b"}),
	one("url-query-space", Step{URL: "{A}/?q=a b"}),
	one("url-not-ascii", Step{URL: "{A}/é/日本"}),
	one("url-escapes-in-lower-case", Step{URL: "{A}/%c3%a9"}),
	one("url-escapes-that-need-not-be", Step{URL: "{A}/%7Euser"}),
	one("url-encoded-slash", Step{URL: "{A}/a%2Fb"}),
	one("url-plus-in-path", Step{URL: "{A}/a+b"}),
	one("url-dot-segments", Step{URL: "{A}/a/../b/./c"}),
	one("url-double-slash", Step{URL: "{A}//a"}),
	one("url-semicolons", Step{URL: "{A}/a;p=1/b?x;y"}),
	one("url-brackets", Step{URL: "{A}/?a[]=1&b|c=^"}),
	one("url-query-plus", Step{URL: "{A}/?q=a+b%20c"}),
	one("url-query-signed", Step{URL: "{A}/?sig=a%2Fb%2Bc%3D&t=2026-01-01T00%3A00%3A00Z"}),
	one("url-query-not-ascii", Step{URL: "{A}/?q=é"}),
	one("url-broken-escape", Step{URL: "{A}/100%"}),
	one("url-upper-case", Step{URL: "HTTP://A.Test:{a}/X"}),
	one("url-idna", Step{URL: "http://bücher.test:{a}/"}),
	one("url-user", Step{URL: "http://me:pass%20word@a.test:{a}/"}),
	one("url-user-only", Step{URL: "http://me@a.test:{a}/"}),
	one("params", Step{Params: []Field{{"a", "1 2"}, {"b", "é&=+/?#"}}}),
	one("params-sorted-by-name", Step{Params: []Field{{"b", "1"}, {"a", "2"}}}),
	one("params-of-one-name", Step{Params: []Field{{"a", "1"}, {"a", "2"}}}),
	one("params-behind-a-query", Step{URL: "{A}/?x=1", Params: []Field{{"a", "2"}}}),
	one("params-of-a-name-in-the-query", Step{URL: "{A}/?a=1", Params: []Field{{"a", "2"}}}),
	one("params-empty", Step{Params: []Field{{"a", ""}}}),
	one("params-with-fragment", Step{URL: "{A}/p#part", Params: []Field{{"a", "1"}}}),
	{Name: "base-url", Session: Session{BaseURL: "{A}"}, Steps: []Step{{URL: "/users?x=1"}}, Answers: []string{ok}},
	{Name: "base-url-dots", Session: Session{BaseURL: "{A}"}, Steps: []Step{{URL: "/a/../users"}}, Answers: []string{ok}},
	{Name: "base-url-absolute", Session: Session{BaseURL: "{A}"}, Steps: []Step{{URL: "{B}/x"}}, Answers: []string{ok}},
}

// ofHeads are about the fields of requests.
var ofHeads = []Program{
	one("headers", Step{Headers: []Field{{"X-One", "1"}, {"accept", "text/html"}}}),
	one("headers-repeated", Step{Headers: []Field{{"X-One", "1"}, {"X-One", "2"}}}),
	one("headers-not-ascii", Step{Headers: []Field{{"X-One", "é"}}}),
	one("headers-host", Step{Headers: []Field{{"Host", "other.test"}}}),
	one("headers-line-break", Step{Headers: []Field{{"X-One", "1\r\nX-Two: 2"}}}),
	one("headers-bad-name", Step{Headers: []Field{{"X One", "1"}}}),
	one("headers-cookie", Step{Headers: []Field{{"Cookie", "a=1"}}}),
	one("skip-auto-headers", Step{Without: []string{"User-Agent", "Accept", "Accept-Encoding"}}),
	one("basic", Step{Login: []string{"me", "pässword:x"}}),
	one("basic-beside-a-user", Step{URL: "http://me:x@a.test:{a}/", Headers: []Field{{"Authorization", "Bearer t"}}}),
	one("method-of-ones-own", Step{Method: "PURGE"}),
	one("method-in-lower-case", Step{Method: "purge"}),
	one("method-bad", Step{Method: "G T"}),
	one("head", Step{Method: "HEAD"}),
	one("options", Step{Method: "OPTIONS"}),
	one("delete", Step{Method: "DELETE"}),
	{Name: "session-headers", Session: Session{Headers: []Field{{"X-One", "1"}, {"X-Two", "1"}}},
		Steps: []Step{{URL: "{A}/", Headers: []Field{{"x-one", "2"}}}}, Answers: []string{ok}},
	{Name: "session-authorization-to-others", Session: Session{Headers: []Field{{"Authorization", "Bearer t"}}},
		Steps: []Step{{URL: "{A}/"}, {URL: "{B}/"}}, Answers: []string{ok}},
}

// ofBodies are about the bodies of requests.
var ofBodies = []Program{
	one("post-nothing", posted(Step{})),
	one("put-nothing", Step{Method: "PUT", URL: "{A}/"}),
	one("patch-nothing", Step{Method: "PATCH", URL: "{A}/"}),
	one("post-bytes", posted(Step{Bytes: "\u0000\u00ff"})),
	one("post-bytes-typed", posted(Step{Bytes: "<a/>", Headers: []Field{{"Content-Type", "application/xml"}}})),
	one("post-text", posted(Step{Text: "é"})),
	one("get-with-body", Step{Bytes: "x"}),
	one("post-json", posted(Step{JSON: map[string]any{"b": 1, "a": []any{true, nil, "é<&>"}}})),
	{Name: "post-json-octets", Exact: true, Answers: []string{ok}, Steps: []Step{posted(Step{URL: "{A}/", JSON: map[string]any{"a": "é<"}})}},
	one("post-json-typed", posted(Step{JSON: 1, Headers: []Field{{"Content-Type", "application/vnd.api+json"}}})),
	one("post-form", posted(Step{Form: []Field{{"a", "1 2"}, {"b", "é&=+~*-._"}}})),
	one("post-form-of-one-name", posted(Step{Form: []Field{{"a", "1"}, {"a", "2"}}})),
	one("post-form-sorted-by-name", posted(Step{Form: []Field{{"b", "1"}, {"a", "2"}}})),
	one("post-form-line-break", posted(Step{Form: []Field{{"a", "1\n2"}}})),
	one("post-multipart-plain", posted(Step{Parts: []Part{{Name: "a", Content: "1"}}})),
	one("post-multipart-file", posted(Step{Parts: []Part{{Name: "f", FileName: "f.txt", Type: "text/plain", Content: "text"}}})),
	one("post-multipart-both", posted(Step{Parts: []Part{{Name: "a", Content: "1"}, {Name: "f", FileName: "f.bin", Type: "application/octet-stream", Content: "x"}}})),
	one("post-multipart-file-name", posted(Step{Parts: []Part{{Name: "f", FileName: `é "q".txt`, Type: "text/plain", Content: "x"}}})),
	one("post-pieces", posted(Step{Pieces: []Field{{"", "one"}, {"", "two"}}})),
	one("post-chunked", posted(Step{Bytes: "x", Chunked: true})),
	one("post-compressed", posted(Step{Bytes: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Compress: "deflate"})),
	one("post-expect", posted(Step{Bytes: "x", Expect: true})),
	one("post-expect-nothing", posted(Step{Expect: true})),
}
