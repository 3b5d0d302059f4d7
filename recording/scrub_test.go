package recording_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/recording"
)

func TestTapeScrubs(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options recording.Options
		url     string
		header  http.Header // of request and response
		body    string      // the same
		want    []string
	}{
		{"fields", recording.Options{}, "/", http.Header{
			"Authorization": {"Basic aHVzaA=="}, "Proxy-Authorization": {"hush"}, "X-Api-Key": {"hush"}, "Cookie": {"a=hush; b=\"hush\"; c="},
			"Set-Cookie": {"sid=hush; Path=/; Secure", "gone=; Max-Age=0", "hush"}, "Www-Authenticate": {"Digest nonce=1"},
		}, "", []string{
			" Authorization: Basic xxxxx\n", " Proxy-Authorization: xxxxx\n", " X-Api-Key: xxxxx\n", " Cookie: a=xxxxx; b=xxxxx; c=\n",
			" Set-Cookie: sid=xxxxx; Path=/; Secure\n", " Set-Cookie: gone=; Max-Age=0\n", " Set-Cookie: xxxxx\n", " Www-Authenticate: Digest nonce=1\n",
		}},
		{"urls", recording.Options{}, "/?a=%2f&access_token=hush&Sig=hush&token", http.Header{
			"Location": {"https://u:hush@b.test/x?password=hush&q=1#id_token=hush"}, "Referer": {"/?key=hush"},
		}, "", []string{
			"/?a=%2f&access_token=xxxxx&Sig=xxxxx&token\n", "https://u:xxxxx@b.test/x?password=xxxxx&q=1#id_token=xxxxx\n", " Referer: /?key=xxxxx\n",
		}},
		{"form", recording.Options{}, "/", http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
			"client_id=me&client_secret=hush", []string{"| client_id=me&client_secret=xxxxx\n"}},
		{"json", recording.Options{}, "/", http.Header{"Content-Type": {"application/vnd.api+json"}},
			`{"user": {"Password" : "hu\"sh", "n": [1, {"refresh_token":{"a":["hush}"]}}]}, "access_token":null, "api_key":12345, "t":"password"}`,
			[]string{`| {"user": {"Password" : "xxxxx", "n": [1, {"refresh_token":"xxxxx"}]},` + "\n", `+  "access_token":null, "api_key":"xxxxx", "t":"password"}` + "\n"}},
		{"json-lines-cut", recording.Options{}, "/", http.Header{"Content-Type": {"application/x-ndjson"}},
			"{\"secret\":\"hush\"}\n{\"secret\":true}\n{\"pass\\u0077ord\":\"hush", []string{"| {\"secret\":\"xxxxx\"}\n", "| {\"secret\":\"xxxxx\"}\n", `| {"pass\u0077ord":"xxxxx"` + "\n"}},
		{"more", recording.Options{ScrubHeader: []string{"x-tenant"}, ScrubQuery: []string{"Account"}, ScrubJSON: []string{"SSN"}},
			"/?account=hush", http.Header{"X-Tenant": {"hush"}, "Content-Type": {"application/json"}}, `{"ssn":"hush"}`,
			[]string{"/?account=xxxxx\n", " X-Tenant: xxxxx\n", `| {"ssn":"xxxxx"}`}},
		{"keep", recording.Options{Keep: []string{"KEY", "X-Csrf-Token", "Secret"}, ScrubJSON: []string{"secret"}},
			"/?key=1", http.Header{"X-Csrf-Token": {"2"}, "Content-Type": {"application/json"}}, `{"secret":"3"}`,
			[]string{"/?key=1\n", " X-Csrf-Token: 2\n", `| {"secret":"3"}`}},
		{"own", recording.Options{Scrub: func(e *recording.Exchange) {
			e.Request.Body, e.Response.Body = []byte("gone"), []byte("gone")
		}}, "/", http.Header{}, "hush", []string{"| gone\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tape.http")
			tt.options.Mode = recording.Record
			tape := open(t, path, tt.options)
			server := aiohttptest.New(t)
			server.Handle("/", aiohttptest.Response{Header: tt.header, Body: []byte(tt.body)})
			resp, err := session(server, tape).Post(t.Context(), "http://a.test"+tt.url, aiohttp.Request{
				Header: tt.header, Text: tt.body, MaxRedirects: -1,
			})
			if err != nil {
				t.Fatal(err)
			}
			resp.Close()
			closeTape(t, tape)
			text := contents(t, path)
			if strings.Contains(text, "hush") || strings.Contains(text, "aHVzaA") {
				t.Errorf("a secret in\n%s", text)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}
