package aiohttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// proxyVariables are all that tell of proxies.
var proxyVariables = []string{
	"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD",
}

// setProxies makes the environment name no proxies but these, "name=value".
func setProxies(t *testing.T, variables ...string) {
	t.Helper()
	for _, name := range proxyVariables {
		t.Setenv(name, "") // which restores it
		os.Unsetenv(name)
	}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

func TestCurlHeedsTheEnvironmentAsTheSessionDoes(t *testing.T) {
	for _, test := range []struct {
		variables  []string
		proxy, url string
		want       string // before the fields
	}{
		{nil, "environment", "http://a.test/", "curl "},
		{[]string{"http_proxy=p:1"}, "environment", "http://a.test/", "curl "},
		{[]string{"HTTPS_PROXY=p:1", "ALL_PROXY=p:2"}, "environment", "https://a.test/", "curl "},
		{[]string{"HTTP_PROXY=p:1"}, "environment", "http://a.test/", "http_proxy=p:1 curl "},
		{[]string{"HTTP_PROXY=http://me:a&b@p:1"}, "environment", "http://a.test/", "http_proxy='http://me:a&b@p:1' curl "},
		{[]string{"HTTP_PROXY=p:1", "ALL_PROXY=p:2"}, "environment", "http://a.test/", "http_proxy=p:1 curl "},
		{[]string{"HTTP_PROXY=p:1", "http_proxy= "}, "environment", "http://a.test/", "http_proxy=p:1 curl "},
		{[]string{"HTTP_PROXY=p:1", "http_proxy=p:2"}, "environment", "http://a.test/", "curl "},
		{[]string{"HTTP_PROXY=p:1", "REQUEST_METHOD=GET"}, "environment", "http://a.test/", "curl "},
		{[]string{"http_proxy=p:1", "REQUEST_METHOD=GET"}, "environment", "http://a.test/", "http_proxy= curl "},
		{[]string{"HTTP_PROXY=p:1"}, "environment", "http://127.0.0.1/", "http_proxy=p:1 curl --noproxy 127.0.0.1 "},
		{[]string{"https_proxy=p:1", "no_proxy=a,b"}, "environment", "https://[::1]/", "curl --noproxy a,b,::1 "},
		{[]string{"NO_PROXY=a,b"}, "environment", "https://localhost/", "curl "},
		{[]string{"HTTP_PROXY=p:1"}, "", "http://a.test/", "curl "},
		{[]string{"http_proxy=p:1"}, "", "http://a.test/", "curl --noproxy '*' "},
		{[]string{"HTTP_PROXY=p:1"}, "direct", "http://a.test/", "curl --noproxy '*' "},
		{[]string{"HTTP_PROXY=p:1"}, "http://q:1", "http://a.test/", "curl --proxy http://q:1 --noproxy '' "},
	} {
		t.Run(fmt.Sprint(test.variables, test.proxy, test.url), func(t *testing.T) {
			setProxies(t, test.variables...)
			session := aiohttp.NewSession(aiohttp.Options{Proxy: test.proxy, MaxRedirects: -1})
			defer session.Close()
			got, err := session.Curl(aiohttp.Request{URL: test.url})
			if err != nil || !strings.HasPrefix(got, test.want+"--compressed") {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

// Where curl is there, it goes through the proxy that the session goes through.
func TestCurlGoesThroughTheSessionsProxy(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	var one, two atomic.Int32
	var addrs []string
	for _, n := range []*atomic.Int32{&one, &two} {
		srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n.Add(1) }))
		t.Cleanup(srv.Close)
		addrs = append(addrs, strings.TrimPrefix(srv.URL, "http://"))
	}
	for _, variables := range [][]string{
		{"HTTP_PROXY=http://ONE"}, {"HTTP_PROXY=ONE"}, {"HTTP_PROXY=ONE", "ALL_PROXY=TWO"}, {"http_proxy=TWO", "HTTP_PROXY=ONE"}, {"ALL_PROXY=ONE"},
		{"http_proxy=ONE", "ALL_PROXY=TWO", "REQUEST_METHOD=GET"}, {"http_proxy=ONE", "https_proxy=TWO"},
	} {
		t.Run(strings.Join(variables, " "), func(t *testing.T) {
			for i, v := range variables {
				variables[i] = strings.NewReplacer("ONE", addrs[0], "TWO", addrs[1]).Replace(v)
			}
			setProxies(t, variables...)
			one.Store(0)
			two.Store(0)
			session := aiohttp.NewSession(aiohttp.Options{Proxy: "environment"})
			defer session.Close()
			req := aiohttp.Request{URL: "http://site.invalid/"}
			resp, err := session.Do(t.Context(), req)
			read(t, resp, err)
			line, err := session.Curl(req)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			script := filepath.Join(dir, "script")
			if err := os.WriteFile(script, []byte(line+" -s -S\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", script)
			cmd.Env = append(os.Environ(), "HOME="+dir, "CURL_HOME="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v %s", line, err, out)
			}
			if a, b := one.Load(), two.Load(); a+b != 2 || a == 1 {
				t.Errorf("%s: the proxies saw %d and %d requests", line, a, b)
			}
		})
	}
}
