package aiohttp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/httpbin"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestCurlWritesTheCommand(t *testing.T) {
	insecure, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	session := aiohttp.NewSession(aiohttp.Options{
		BaseURL: "https://a.test/v1/", Header: http.Header{"User-Agent": {"probe"}, "X-Api-Key": {"k"}}, TLS: insecure, MaxRedirects: -1,
		Timeouts: connector.Timeouts{Total: 1500 * time.Millisecond, Connect: time.Second},
	})
	defer session.Close()
	session.Jar().SetCookies(&url.URL{Scheme: "https", Host: "a.test", Path: "/"}, []*http.Cookie{{Name: "jar", Value: "1"}})
	for _, test := range []struct {
		req  aiohttp.Request
		want string
	}{
		{aiohttp.Request{URL: "users?q=[1]"},
			`curl --connect-timeout 1 --max-time 1.5 --insecure --compressed -H 'User-Agent: probe' -H 'X-Api-Key: k' -b jar=1 --globoff 'https://a.test/v1/users?q=[1]'`},
		{aiohttp.Request{URL: "https://b.test/it's", Cookies: []*http.Cookie{{Name: "own", Value: "2"}}, MaxRedirects: 3, Timeouts: connector.Timeouts{Total: -1}},
			`curl -L --max-redirs 3 --connect-timeout 1 --insecure --compressed -H 'User-Agent: probe' -b own=2 'https://b.test/it'\''s'`},
		{aiohttp.Request{Method: "POST", URL: "x", JSON: map[string]int{"a": 1}, Expect100: true},
			`curl --data-raw '{"a":1}' --connect-timeout 1 --max-time 1.5 --insecure --compressed -H 'Content-Type: application/json' -H 'Expect: 100-continue' -H 'User-Agent: probe' -H 'X-Api-Key: k' -b jar=1 https://a.test/v1/x`},
		{aiohttp.Request{URL: "x", Proxy: "socks5h://p.test:1080"},
			`curl --proxy socks5h://p.test:1080 --noproxy '' --connect-timeout 1 --max-time 1.5 --insecure --compressed -H 'User-Agent: probe' -H 'X-Api-Key: k' -b jar=1 https://a.test/v1/x`},
		{aiohttp.Request{URL: "x", Proxy: "direct"},
			`curl --noproxy '*' --connect-timeout 1 --max-time 1.5 --insecure --compressed -H 'User-Agent: probe' -H 'X-Api-Key: k' -b jar=1 https://a.test/v1/x`},
		{aiohttp.Request{Method: "PUT", URL: "x", Bytes: []byte("-\x00'%\\")},
			`printf '\055\000\047%%\134' | curl --data-binary @- -X PUT --connect-timeout 1 --max-time 1.5 --insecure --compressed -H 'Content-Type: application/octet-stream' -H 'User-Agent: probe' -H 'X-Api-Key: k' -b jar=1 https://a.test/v1/x`},
	} {
		got, err := session.Curl(test.req)
		if err != nil {
			t.Errorf("%s: %v", test.req.URL, err)
		} else if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	}
}

// Only where there may be a proxy: with "direct" there is none.
func TestCurlSaysHowToProveTheUserToAProxy(t *testing.T) {
	for _, test := range []struct {
		proxy string
		auth  connector.ProxyAuth
		want  string
	}{
		{"http://u:p@p.test:1", connector.ProxyBasicFirst, "--proxy http://u:p@p.test:1 --noproxy '' "},
		{"http://u:p@p.test:1", connector.ProxyWhenAsked, "--proxy http://u:p@p.test:1 --noproxy '' --proxy-anyauth "},
		{"http://u:p@p.test:1", connector.ProxyDigestOnly, "--proxy http://u:p@p.test:1 --noproxy '' --proxy-digest "},
		{"environment", connector.ProxyDigestOnly, "--proxy-digest "},
		{"direct", connector.ProxyDigestOnly, "--noproxy '*' "},
	} {
		session := aiohttp.NewSession(aiohttp.Options{Proxy: test.proxy, ProxyAuth: test.auth, MaxRedirects: -1})
		got, err := session.Curl(aiohttp.Request{URL: "http://a.test/"})
		session.Close()
		if want := "curl " + test.want + "--compressed"; err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestCurlRefusesWhatItCannotSay(t *testing.T) {
	for _, test := range []struct {
		req  aiohttp.Request
		want string
	}{
		{aiohttp.Request{URL: "no scheme"}, "no scheme"},
		{aiohttp.Request{URL: "http://a.test/", Text: "a", Bytes: []byte("b")}, "more than one body"},
		{aiohttp.Request{URL: "http://a.test/", Header: http.Header{"X": {"a\nb"}}}, "control character"},
		{aiohttp.Request{URL: "http://a.test/", Multipart: form.New().AddReader("f", "f", io.MultiReader(), -1)}, "curl"},
	} {
		_, err := test.req.Curl()
		wantError(t, err, test.want)
	}
}

// anything sends requests to /anything, and gives what arrived.
func anything(t *testing.T, answer []byte) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("%v: %q", err, answer)
	}
	headers := got["headers"].(map[string]any)
	if agent, _ := headers["Accept-Encoding"].([]any); len(agent) == 1 && strings.Contains(agent[0].(string), "gzip") {
		delete(headers, "Accept-Encoding") // each has a list of its own
	}
	if values, ok := headers["Content-Type"].([]any); ok {
		var parts bool
		if values[0], _, parts = strings.Cut(values[0].(string), "boundary="); parts { // which is random
			delete(got, "data")
			delete(headers, "Content-Length")
		}
	}
	return got
}

func TestCurlSendsTheSame(t *testing.T) {
	for _, tool := range []string{"curl", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here to run the commands with", tool)
		}
	}
	srv := httptest.NewServer(httpbin.New())
	defer srv.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, `a "b";c.txt`)
	if err := os.WriteFile(file, []byte("from a file\r\n\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, req := range map[string]aiohttp.Request{
		"get":           {URL: "/anything?a=1&b=%20x"},
		"query":         {URL: "/anything", Query: url.Values{"a b": {"ü&="}}},
		"brackets":      {URL: "/anything/[1-3]{a,b}"},
		"header":        {URL: "/anything", Header: http.Header{"X-One": {"it's $HOME"}, "X-Two": {"a", "b"}, "X-Empty": {""}, "Accept": nil, "User-Agent": nil, "Accept-Encoding": nil}},
		"accept":        {URL: "/anything", Header: http.Header{"Accept": {"text/html"}, "Accept-Encoding": {"br;q=0"}}},
		"cookies":       {URL: "/anything", Cookies: []*http.Cookie{{Name: "a", Value: "1"}, {Name: "b", Value: "x y", Quoted: true}}},
		"user":          {URL: "http://us%3Aer:p%40ss@HOST/anything"},
		"text":          {Method: "POST", URL: "/anything", Text: "@not-a-file\n\twith 'quotes' and ü"},
		"binary":        {Method: "PUT", URL: "/anything", Bytes: all},
		"large":         {Method: "POST", URL: "/anything", Text: strings.Repeat("0123456789", 30<<10)},
		"json":          {Method: "PATCH", URL: "/anything", JSON: map[string]any{"a": []int{1, 2}, "b": "<>&"}},
		"form":          {Method: "POST", URL: "/anything", Form: url.Values{"a": {"1", "2"}, "b": {"ü &"}}},
		"multipart":     {Method: "POST", URL: "/anything", Multipart: form.New().Add("a", "@1").AddBytes("f", "f.bin", all)},
		"upload":        {Method: "POST", URL: "/anything", Multipart: form.New().Add("a", "<1;2").AddFile("f", file)},
		"file":          {Method: "PUT", URL: "/anything", File: file},
		"empty-post":    {Method: "POST", URL: "/anything"},
		"empty-put":     {Method: "PUT", URL: "/anything"},
		"delete":        {Method: "DELETE", URL: "/anything"},
		"get-with-body": {Method: "GET", URL: "/anything", Text: "x"},
		"redirect":      {Method: "POST", URL: "/redirect-to?url=/anything&status_code=302", Form: url.Values{"a": {"1"}}},
		"keeps-method":  {Method: "POST", URL: "/redirect-to?url=/anything&status_code=307", Form: url.Values{"a": {"1"}}},
		"own-type":      {Method: "POST", URL: "/anything", Text: "<a/>", Header: http.Header{"Content-Type": {"application/xml"}}},
	} {
		t.Run(name, func(t *testing.T) {
			req.URL = strings.Replace(req.URL, "HOST", strings.TrimPrefix(srv.URL, "http://"), 1)
			session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL})
			defer session.Close()
			line, err := session.Curl(req)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := session.Do(t.Context(), req)
			ours := anything(t, []byte(read(t, resp, err)))
			script := filepath.Join(dir, "script")
			if err := os.WriteFile(script, []byte(line+" -s -S\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", script)
			cmd.Dir, cmd.Stderr = dir, os.Stderr
			cmd.Env = append(os.Environ(), "HOME="+dir, "CURL_HOME="+dir, "no_proxy=*") // no .curlrc, no proxy
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%.200s: %v", line, err)
			}
			if d := cmp.Diff(ours, anything(t, out)); d != "" {
				t.Errorf("%.300s\n-ours +curl's:\n%s", line, d)
			}
		})
	}
}
