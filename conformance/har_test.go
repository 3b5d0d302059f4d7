package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// harValidator is the package of npm that holds the schema of HAR 1.2.
const harValidator = "har-validator@5.1.5"

// validateHAR is a program that reads a file and says what the schema says of it.
const validateHAR = `
const validate = require("har-validator/lib/promise");
let text = "";
process.stdin.on("data", d => text += d).on("end", () =>
	validate.har(JSON.parse(text)).then(() => console.log("valid"), e => console.log(JSON.stringify(e.errors, null, 1))));
`

func TestRecorderObeysTheSchemaOfHAR(t *testing.T) {
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here to run %s with", tool, harValidator)
		}
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", harValidator).CombinedOutput(); err != nil {
		t.Skipf("npm cannot bring %s: %v\n%s", harValidator, err, out)
	}
	valid := recordAll(t)
	for name, test := range map[string]struct {
		file  []byte
		valid bool
	}{
		"recorded": {valid, true},
		"spoilt":   {bytes.Replace(valid, []byte(`"headersSize":`), []byte(`"headersize":`), 1), false}, // the validator is at work
	} {
		t.Run(name, func(t *testing.T) {
			node := exec.CommandContext(t.Context(), "node", "-e", validateHAR)
			node.Dir, node.Stdin = dir, bytes.NewReader(test.file)
			out, err := node.CombinedOutput()
			if got := string(out) == "valid\n"; err != nil || got != test.valid {
				t.Errorf("got %s, %v", out, err)
			}
		})
	}
}

// recordAll records responses of each kind.
func recordAll(t *testing.T) []byte {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Path: "/", Expires: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)})
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/binary":
			w.Write([]byte{0, 0xff})
		case "/cut":
			panic(http.ErrAbortHandler)
		default:
			io.WriteString(w, "text")
		}
	}))
	defer srv.Close()
	var out bytes.Buffer
	recorder := har.New(&out, har.Options{MaxBodyBytes: 1 << 20, Comment: "all kinds"})
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: srv.URL, Trace: []*tracing.Trace{recorder.Trace()}})
	defer session.Close()
	for _, req := range []aiohttp.Request{
		{URL: "/redirect?a=1&b"}, {Method: "POST", URL: "/binary", Bytes: []byte{0xff}}, {URL: "/cut"}, {Method: "HEAD", URL: "/"},
		{Method: "POST", URL: "/", Text: "text"}, {URL: "http://127.0.0.1:1/"},
	} {
		if resp, err := session.Do(t.Context(), req); err == nil {
			resp.Bytes()
		}
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
