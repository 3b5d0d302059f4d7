package httpbin

// endpoint is a line of the index page.
type endpoint struct {
	// Pattern is the path as documentation writes it.
	Pattern string
	// Try is a link that shows it; empty if a link, which can only GET, cannot.
	Try string
	// Text says what it answers with, in one line.
	Text string
}

// group is a heading of the index page.
type group struct {
	Title     string
	Endpoints []endpoint
}

// index lists every endpoint that a visitor is told of.
var index = []group{
	{"The request, told back", []endpoint{
		{"/get", "/get?name=value", "Arguments and headers of a GET."},
		{"/post, /put, /patch, /delete", "", "The same for each method, with the body as text, form, files or JSON."},
		{"/anything", "/anything/at/all", "The same for any method and any path below."},
		{"/upload", "", "Counts the bytes of a body and throws them away."},
		{"/headers", "/headers", "The request's headers."},
		{"/ip", "/ip", "The address that the request came from."},
		{"/user-agent", "/user-agent", "The User-Agent header."},
		{"/dump/request", "/dump/request", "The request in the form of HTTP/1.1."},
	}},
	{"Status and headers", []endpoint{
		{"/status/{code}", "/status/418", "The status you name; 200:0.9,503:0.1 draws one."},
		{"/unstable", "/unstable?failure_rate=0.5", "500 now and then."},
		{"/response-headers", "/response-headers?X-Hello=world", "The headers you name."},
		{"/early-hints", "/early-hints", "103 Early Hints, then 200."},
		{"/trailers", "/trailers?Checksum=42", "Trailers after a chunked body."},
		{"/cache", "/cache", "304 if the request is conditional."},
		{"/cache/{n}", "/cache/60", "Fresh for n seconds."},
		{"/etag/{etag}", "/etag/abc", "The ETag you name, and what follows from it."},
	}},
	{"Slow, cut and swollen bodies", []endpoint{
		{"/delay/{n}", "/delay/1", "Waits n seconds, or a time such as 300ms."},
		{"/drip", "/drip?duration=2s&delay=0s&numbytes=10", "A byte at a time."},
		{"/stream/{n}", "/stream/3", "n lines of JSON, chunked."},
		{"/jsonl", "/jsonl?count=3", "JSON Lines, at a pace you choose."},
		{"/sse", "/sse?count=3&duration=1s", "Server-sent events."},
		{"/bytes/{n}", "/bytes/1024?seed=1", "n random bytes, the same for the same seed."},
		{"/stream-bytes/{n}", "/stream-bytes/1024?seed=1", "The same, chunked."},
		{"/range/{n}", "/range/1024?duration=1s", "n letters; ranges, resuming and a duration."},
		{"/truncate/{n}", "/truncate/1024", "Promises n bytes, sends half, hangs up."},
		{"/bomb/{n}", "/bomb/8", "n MiB of zeros in a thousandth of the bytes, by gzip."},
	}},
	{"Redirects", []endpoint{
		{"/redirect/{n}", "/redirect/3", "n redirects, then /get."},
		{"/relative-redirect/{n}", "/relative-redirect/3", "The same by paths."},
		{"/absolute-redirect/{n}", "/absolute-redirect/3", "The same by whole URLs."},
		{"/redirect-to", "/redirect-to?url=/get&status_code=307", "To the URL you name, by the status you name."},
		{"/links/{n}", "/links/10", "A page of n links."},
	}},
	{"Cookies", []endpoint{
		{"/cookies", "/cookies", "The cookies of the request."},
		{"/cookies/set", "/cookies/set?name=value", "Sets cookies, then /cookies."},
		{"/cookies/delete", "/cookies/delete?name=", "Deletes them, then /cookies."},
	}},
	{"Who are you?", []endpoint{
		{"/basic-auth/{user}/{password}", "/basic-auth/guido/secret", "Basic; 401 without."},
		{"/hidden-basic-auth/{user}/{password}", "/hidden-basic-auth/guido/secret", "Basic; 404 without."},
		{"/digest-auth/{qop}/{user}/{password}/{algorithm}", "/digest-auth/auth/guido/secret/SHA-256", "Digest, by MD5 or SHA-256."},
		{"/bearer", "/bearer", "A bearer token, any."},
	}},
	{"Formats and encodings", []endpoint{
		{"/gzip", "/gzip", "Compressed by gzip, asked for or not."},
		{"/deflate", "/deflate", "By deflate."},
		{"/brotli", "/brotli", "In brotli."},
		{"/zstd", "/zstd", "In zstd."},
		{"/encoding/utf8", "/encoding/utf8", "UTF-8, a page of it."},
		{"/encoding/{charset}", "/encoding/shift_jis", "A line in big5, euc-jp, euc-kr, gbk, iso-8859-1, iso-8859-2, koi8-r, shift_jis, utf-16le, windows-1251 or windows-1252."},
		{"/html", "/html", "A page."},
		{"/json", "/json", "A document in JSON."},
		{"/xml", "/xml", "One in XML."},
		{"/image", "/image", "An image of the kind you accept."},
		{"/image/{kind}", "/image/webp", "avif, jpeg, png, svg or webp."},
		{"/base64/{text}", "/base64/aGVsbG8=", "Base64, decoded."},
		{"/robots.txt", "/robots.txt", "What robots may read."},
		{"/uuid", "/uuid", "A random UUID."},
	}},
	{"To talk", []endpoint{
		{"/forms/post", "/forms/post", "A form to fill in, sent to /post."},
		{"/websocket/echo", "", "A WebSocket that says everything back."},
	}},
}
