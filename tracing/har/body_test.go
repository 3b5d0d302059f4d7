package har_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// "Before setting the text field, the HTTP response is decoded (decompressed &
// unchunked), then trans-coded from its original character set into UTF-8.
// Additionally, it can be encoded using e.g. base64."
func TestRecorderTranscodesText(t *testing.T) {
	for _, test := range []struct {
		media, body    string
		most           int // what is kept; 0 for all
		text, encoding string
	}{
		{"text/plain; charset=utf-8", "ä", 0, "ä", ""},
		{"text/plain; charset=utf-8", "a\ufffd", 0, "a\ufffd", ""},
		{"text/plain; charset=utf-8", "a\xff", 0, "Yf8=", "base64"},
		{"text/plain; charset=iso-8859-1", "\xe4", 0, "ä", ""},
		{"text/html; charset=windows-1252", "\xc3\xa4", 0, "Ã¤", ""}, // it would be UTF-8, too
		{"text/html", "<meta charset=windows-1251>\xcf", 0, "<meta charset=windows-1251>П", ""},
		{"application/x-own; charset=shift_jis", "\x83\x65", 0, "テ", ""},
		{"application/json", "\ufeff{}", 0, "{}", ""},
		{"image/png", "\x89PNG", 0, "iVBORw==", "base64"},
		{"image/svg+xml", "<svg>ä", 0, "<svg>ä", ""},
		{"application/octet-stream", "plain", 0, "plain", ""},
		{"text/plain; charset=utf-8", "aä", 2, "a", ""}, // the cut goes through a character
		{"text/plain; charset=shift_jis", "\x83\x65\x83\x65", 3, "テ", ""},
		{"text/plain; charset=iso-8859-1", "\xe4\xe4", 1, "ä", ""},
	} {
		most := test.most
		if most == 0 {
			most = -1
		}
		log := record(t, har.Options{MaxBodyBytes: most}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", test.media)
			io.WriteString(w, test.body)
		}, aiohttp.Request{})
		want := object{"size": float64(len(test.body)), "mimeType": test.media, "text": test.text}
		if test.encoding != "" {
			want["encoding"] = test.encoding
		}
		if test.most > 0 {
			want["comment"] = fmt.Sprintf("the first %d of %d bytes", test.most, len(test.body))
		}
		if d := cmp.Diff(want, entries(log)[0]["response"].(object)["content"]); d != "" {
			t.Errorf("%s %q: -want +got:\n%s", test.media, test.body, d)
		}
	}
}

// Middleware of net/http's gets a body in its codings; the file has it without.
func TestRecorderDecodesWhatMiddlewareReads(t *testing.T) {
	plain := strings.Repeat("ä", 500)
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Encoding", r.URL.Path[1:])
		if r.URL.Path != "/gzip" {
			io.WriteString(w, "coded")
			return
		}
		z := gzip.NewWriter(w)
		io.WriteString(z, plain)
		z.Close()
	}
	reads := []aiohttp.Middleware{aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper { return next })}
	for _, test := range []struct {
		name, path, text string
		most             int
		size             float64
		comment          any
		req              aiohttp.Request
	}{
		{"session", "/gzip", plain, -1, 1000, nil, aiohttp.Request{}},
		{"middleware", "/gzip", plain, -1, 1000, nil, aiohttp.Request{Middleware: reads}},
		{"raw", "/gzip", plain, -1, 1000, nil, aiohttp.Request{DisableDecompression: true}},
		{"limit", "/gzip", strings.Repeat("ä", 50), 100, 1000, "the first 100 of 1000 bytes", aiohttp.Request{Middleware: reads}},
		{"unknown", "/own", "coded", -1, 5, nil, aiohttp.Request{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.req.URL = test.path
			resp := entries(record(t, har.Options{MaxBodyBytes: test.most}, handler, test.req))[0]["response"].(object)
			want := object{"size": test.size, "compression": test.size - resp["bodySize"].(float64), "mimeType": "text/plain; charset=utf-8", "text": test.text}
			if test.comment != nil {
				want["comment"] = test.comment
			}
			if d := cmp.Diff(want, resp["content"]); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if n := resp["bodySize"].(float64); n == 0 || n > 200 {
				t.Errorf("%v bytes were sent", n)
			}
		})
	}
	// Nothing was kept that could be decoded.
	c := entries(record(t, har.Options{}, handler, aiohttp.Request{URL: "/gzip", Middleware: reads}))[0]["response"].(object)["content"].(object)
	if c["size"].(float64) > 200 || c["size"].(float64) == 0 || c["compression"] != 0.0 {
		t.Errorf("got %v", c)
	}
}

func TestRecorderWritesBodiesOfRequests(t *testing.T) {
	fields := form.New().Add("password", "hush").Add("title", "ä").
		AddBytes("data", "data.json", []byte(`{"secret": "hush"}`)).AddBytes("photo", "cat.png", []byte("\x89PNG\r\n"))
	fields.Multipart, fields.Boundary = true, "bound"
	plain := form.New().Add("a", "b").Add("key", "hush")
	plain.Multipart, plain.Boundary = true, "bound"
	for _, test := range []struct {
		name    string
		req     aiohttp.Request
		text    string
		comment any
	}{
		{"json", aiohttp.Request{JSON: map[string]string{"Password": "hush", "user": "me"}}, `{"Password":"xxxxx","user":"me"}`, nil},
		{"form", aiohttp.Request{Form: url.Values{"password": {"hush"}, "user": {"me"}}}, "password=xxxxx&user=me", nil},
		{"compressed", aiohttp.Request{Text: "ä", Compress: "br"}, "ä", nil},
		{"multipart", aiohttp.Request{Multipart: fields}, "--bound\r\n" +
			"Content-Disposition: form-data; name=\"password\"\r\n\r\nxxxxx\r\n--bound\r\n" +
			"Content-Disposition: form-data; name=\"title\"\r\n\r\nä\r\n--bound\r\n" +
			"Content-Disposition: form-data; name=\"data\"; filename=\"data.json\"\r\nContent-Type: application/json\r\n\r\n{\"secret\": \"xxxxx\"}\r\n--bound\r\n" +
			"Content-Disposition: form-data; name=\"photo\"; filename=\"cat.png\"\r\nContent-Type: image/png\r\n\r\n(6 bytes)\r\n--bound--\r\n",
			"without the parts that are no text"},
		{"multipart-of-text", aiohttp.Request{Multipart: plain}, "--bound\r\n" +
			"Content-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--bound\r\n" +
			"Content-Disposition: form-data; name=\"key\"\r\n\r\nxxxxx\r\n--bound--\r\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.req.Method = "POST"
			h := func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }
			got := entries(record(t, har.Options{MaxBodyBytes: -1}, h, test.req))[0]["request"].(object)["postData"].(object)
			if d := cmp.Diff(test.text, got["text"]); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if got["comment"] != test.comment || got["_encoding"] != nil {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestRecorderMasksBodiesOfResponses(t *testing.T) {
	for _, test := range []struct{ media, body, want string }{
		{"application/json", `{"access_token": "hush", "n": [1]}`, `{"access_token": "xxxxx", "n": [1]}`},
		{"application/problem+json; charset=utf-8", `{"password": "hush"}`, `{"password": "xxxxx"}`},
		{"application/x-www-form-urlencoded", "access_token=hush&scope=a", "access_token=xxxxx&scope=a"},
		{"text/plain", "password=hush", "password=hush"}, // nobody knows what it means
	} {
		h := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", test.media)
			io.WriteString(w, test.body)
		}
		for keep, want := range map[bool]string{false: test.want, true: test.body} {
			e := entries(record(t, har.Options{MaxBodyBytes: -1, KeepSecrets: keep}, h, aiohttp.Request{}))[0]
			if got := e["response"].(object)["content"].(object)["text"]; got != want {
				t.Errorf("%s, kept %v: got %v, want %s", test.media, keep, got, want)
			}
		}
	}
}
