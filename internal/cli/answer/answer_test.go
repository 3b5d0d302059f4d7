package answer_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/answer"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// get asks a server of this process that answers with the body and the type.
func get(t *testing.T, contentType, body string) (*aiohttp.Response, *connector.Timings) {
	t.Helper()
	conn := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Date"] = nil
		h.Set("Content-Type", contentType)
		h.Add("Set-Cookie", "sid=topsecret; Path=/; HttpOnly")
		h.Add("Set-Cookie", "flag")
		h.Set("X-Auth-Token", "topsecret")
		h.Set("X-Evil", "a\tb")
		w.Write([]byte(body))
	})})
	session := aiohttp.NewSession(aiohttp.Options{Connector: conn})
	t.Cleanup(func() {
		session.Close()
		conn.Close()
	})
	timings := &connector.Timings{}
	resp, err := session.Get(t.Context(), "http://h/page", aiohttp.Request{Timings: timings})
	if err != nil {
		t.Fatal(err)
	}
	return resp, timings
}

func TestBody(t *testing.T) {
	const person, colors = true, true
	tests := []struct {
		name              string
		terminal, color   bool
		raw               bool
		contentType, body string
		want              string
		err               error
	}{
		{"pipe-json", false, false, false, "application/json", `{"a":1}`, `{"a":1}`, nil},
		{"pipe-binary", false, false, false, "image/png", "\x00\x01", "\x00\x01", nil},
		{"person-json", person, false, false, "application/json", `{"a":[1,true]}`, "{\n  \"a\": [1, true]\n}\n", nil},
		{"person-problem-json", person, false, false, "application/problem+json; charset=utf-8", `{}`, "{}\n", nil},
		{"person-colors", person, colors, false, "application/json", `{"a":1}`, "{\n  \x1b[34m\"a\"\x1b[0m: \x1b[36m1\x1b[0m\n}\n", nil},
		{"person-no-json-at-all", person, false, false, "application/json", `{"a":`, "{\"a\":\n", nil},
		{"person-text", person, false, false, "text/plain", "no newline", "no newline\n", nil},
		{"person-text-with-newline", person, false, false, "text/plain", "newline\n", "newline\n", nil},
		{"person-nothing", person, false, false, "text/plain", "", "", nil},
		{"person-binary", person, false, false, "image/png", "\x00\x01", "", answer.ErrBinary},
		{"person-binary-raw", person, false, true, "image/png", "\x00\x01", "\x00\x01", nil},
		{"pipe-colors", false, colors, false, "application/json", `1`, "\x1b[36m1\x1b[0m\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, _ := get(t, tt.contentType, tt.body)
			var out strings.Builder
			s := tty.Plain(&out)
			s.Terminal, s.Color = tt.terminal, tt.color
			if err := answer.Body(s, resp, tt.raw); !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeadMasksSecretsWhenAsked(t *testing.T) {
	resp, _ := get(t, "text/plain", "")
	var open, masked strings.Builder
	answer.Head(tty.Plain(&open), resp, "", false)
	answer.Head(tty.Plain(&masked), resp, "< ", true)
	if n := strings.Count(open.String(), "topsecret"); n != 2 {
		t.Errorf("%d secrets in the open head, want 2:\n%s", n, open.String())
	}
	want := `< HTTP/1.1 200 OK
< Content-Length: 0
< Content-Type: text/plain
< Set-Cookie: sid=***; Path=/; HttpOnly
< Set-Cookie: ***
< X-Auth-Token: ***
< X-Evil: a\x09b
<
`
	if diff := cmp.Diff(want, masked.String()); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
}

func TestRequestHeadMasksSecrets(t *testing.T) {
	var out strings.Builder
	answer.RequestHead(tty.Plain(&out), "GET", "/a?b", "h:80", http.Header{
		"Authorization":       {"Basic dG9wOnNlY3JldA=="},
		"Proxy-Authorization": {"topsecret"},
		"Cookie":              {"a=1; b=2"},
		"X-Removed":           nil,
	}, "> ")
	want := `> GET /a?b HTTP/1.1
> Host: h:80
> Authorization: Basic ***
> Cookie: a=***; b=***
> Proxy-Authorization: ***
>
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
}

func TestWriteRecord(t *testing.T) {
	for _, tt := range []struct{ name, contentType, body, member, want string }{
		{"json", "application/json", `{"a": 1}`, "json", `{"a":1}`},
		{"broken-json", "application/json", `{"a"`, "text", `"{\"a\""`},
		{"text", "text/html", "<b>", "text", `"<b>"`},
		{"empty", "text/html", "", "text", `""`},
		{"binary", "image/png", "\xff\x00", "base64", `"/wA="`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, timings := get(t, tt.contentType, tt.body)
			var out strings.Builder
			if err := answer.Write(tty.Plain(&out), resp, timings); err != nil {
				t.Fatal(err)
			}
			var got map[string]json.RawMessage
			if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
				t.Fatal(err)
			}
			if string(got["url"]) != `"http://h/page"` || string(got["status"]) != "200" {
				t.Errorf("url %s, status %s", got["url"], got["status"])
			}
			if string(got[tt.member]) != tt.want {
				t.Errorf("%s: %s, want %s", tt.member, got[tt.member], tt.want)
			}
		})
	}
}
