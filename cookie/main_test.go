package cookie_test

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// TestMain fails on goroutines that the package left behind. Those of the test
// framework itself are not counted.
func TestMain(m *testing.M) {
	code := m.Run()
	if stacks := leaked(); code == 0 && stacks != "" {
		fmt.Fprintf(os.Stderr, "leaked:\n%s\n", stacks)
		code = 1
	}
	os.Exit(code)
}

// leaked gives the stacks of all goroutines but this one that run the package's code,
// after a chance to end.
func leaked() (stacks string) {
	buf := make([]byte, 1<<20)
	for range 100 {
		runtime.Gosched()
		stacks = ""
		all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		for _, stack := range all[1:] {
			if strings.Contains(stack, "aiohttp/cookie") {
				stacks += stack + "\n\n"
			}
		}
		if stacks == "" {
			break
		}
	}
	return stacks
}

// start is the present of tests that need to know it.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func parseURL(tb testing.TB, s string) *url.URL {
	tb.Helper()
	u, err := url.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// set plays a response to a request for rawURL.
func set(tb testing.TB, jar *cookie.Jar, rawURL string, setCookie ...string) {
	tb.Helper()
	jar.SetCookieStrings(parseURL(tb, rawURL), setCookie)
}

// want checks the Cookie field of a request for rawURL.
func want(tb testing.TB, jar *cookie.Jar, rawURL, header string) {
	tb.Helper()
	if got := jar.Header(parseURL(tb, rawURL)); got != header {
		tb.Errorf("Cookie for %s = %q, want %q", rawURL, got, header)
	}
}

func list(jar *cookie.Jar) []cookie.Cookie {
	var all []cookie.Cookie
	for c := range jar.All() {
		all = append(all, c)
	}
	return all
}

// parseAny is url.Parse for URLs that a client could have requested.
func parseAny(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err == nil && u.Host == "" {
		err = url.InvalidHostError("")
	}
	return u, err
}

// roundTrip checks that what write writes reads as the same cookies, each as the
// format can keep it.
func roundTrip(t *testing.T, jar *cookie.Jar, write func(io.Writer) error,
	read func(*cookie.Jar, io.Reader) error, reduce func([]cookie.Cookie) []cookie.Cookie,
) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	loaded := cookie.New(cookie.Options{Now: at(start)})
	if err := read(loaded, &b); err != nil {
		t.Fatalf("%v of %q", err, text)
	}
	before, after := list(jar), list(loaded)
	if reduce != nil {
		before, after = reduce(before), reduce(after)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("%q: %s", text, diff)
	}
}

// reduce leaves what cookies.txt can hold.
func reduce(all []cookie.Cookie) []cookie.Cookie {
	var kept []cookie.Cookie
	for _, c := range all {
		if strings.Contains(c.Name+c.Path, "\t") {
			continue
		}
		kept = append(kept, cookie.Cookie{
			Name: c.Name, Value: c.Value, Domain: c.Domain, HostOnly: c.HostOnly, Path: c.Path,
			Secure: c.Secure, HttpOnly: c.HttpOnly, Expires: c.Expires.Truncate(time.Second),
		})
	}
	return kept
}
