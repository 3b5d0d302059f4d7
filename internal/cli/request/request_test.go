package request_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
)

func TestParseURL(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://example.com/a?b=c", "https://example.com/a?b=c"},
		{"example.com/a", "https://example.com/a"},
		{"localhost:8080/a", "http://localhost:8080/a"},
		{"app.localhost", "http://app.localhost"},
		{"127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"[::1]:8080/x", "http://[::1]:8080/x"},
		{"192.0.2.1", "https://192.0.2.1"},
	}
	for _, tt := range tests {
		got, err := request.ParseURL(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParseURL(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "http://", "ftp://h/", "http://h:port/", "http://h/%zz", "https://:443/", "a b://h"} {
		if got, err := request.ParseURL(bad); err == nil {
			t.Errorf("ParseURL(%q) = %q, want an error", bad, got)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"example.com", "http://[::1%25eth0]:80/", "://", "localhost", "\x00", "http://u:p@h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := request.ParseURL(text)
		if err != nil {
			return
		}
		again, err := request.ParseURL(got)
		if err != nil || again != got {
			t.Fatalf("ParseURL(%q) = %q, and of that %q, %v", text, got, again, err)
		}
	})
}

func TestBuildMethodAndHeader(t *testing.T) {
	tests := []struct {
		name   string
		flags  request.Flags
		method string
		header map[string][]string
	}{
		{"default", request.Flags{}, "GET", map[string][]string{}},
		{"head", request.Flags{Head: true}, "HEAD", map[string][]string{}},
		{"body", request.Flags{Data: "x"}, "POST", map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}},
		{"named", request.Flags{Method: "PUT", Data: "x"}, "PUT", map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}},
		{"own-type", request.Flags{Data: "x", Header: []string{"content-type: text/csv"}}, "POST",
			map[string][]string{"Content-Type": {"text/csv"}}},
		{"fields", request.Flags{Header: []string{"A: 1", "a:2", "B;", "User-Agent:"}}, "GET",
			map[string][]string{"A": {"1", "2"}, "B": {""}, "User-Agent": nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := tt.flags.Build("http://h/", strings.NewReader(""))
			if err != nil {
				t.Fatal(err)
			}
			if req.Method != tt.method {
				t.Errorf("method %s, want %s", req.Method, tt.method)
			}
			for name, value := range map[string]string{"User-Agent": "aiohttp-go/" + aiohttp.Version, "Accept": "*/*"} {
				if _, own := tt.header[name]; !own {
					tt.header[name] = []string{value}
				}
			}
			if diff := cmp.Diff(tt.header, map[string][]string(req.Header)); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTLSFlags(t *testing.T) {
	f := request.TLSFlags{}
	policy, err := f.Policy()
	if policy != nil || err != nil || f.Danger() != "" {
		t.Errorf("zero flags: policy %v, error %v, danger %q", policy, err, f.Danger())
	}
	f = request.TLSFlags{Insecure: true}
	if policy, err = f.Policy(); err != nil || !policy.Insecure() || f.Danger() == "" {
		t.Errorf("insecure: policy %v, error %v, danger %q", policy, err, f.Danger())
	}
}
