package cookie_test

import (
	_ "embed"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/cookie"
)

//go:embed testdata/cookies.json
var casesJSON []byte

// conformanceCase is one sequence of responses with the Cookie field that must
// follow. Strings of cookies hold octets as code points.
type conformanceCase struct {
	ID    string `json:"id"`
	Level string `json:"level"`
	RFC   string `json:"rfc"`
	Why   string `json:"why"`
	Steps []struct {
		URL       string   `json:"url"`
		SetCookie []string `json:"set_cookie"`
	} `json:"steps"`
	RequestURL   string   `json:"request_url"`
	ExpectCookie string   `json:"expect_cookie"`
	ExpectAny    []string `json:"expect_any"`
}

// excludedRaw lists cases that the raw path does not pass, with the reason.
var excludedRaw = map[string]string{}

// excludedJar lists cases that cannot pass through net/http's cookie parser and
// writer, whatever the jar between them does.
var excludedJar = map[string]string{
	"n-char-04":        "its parser drops a name that is not a token",
	"n-char-16":        "its parser drops a name that is not a token",
	"n-char-17":        "its parser drops a name that is not a token",
	"n-char-20":        "its parser drops a name that is not a token",
	"n-char-21":        "its parser drops a name that is not a token",
	"n-char-26":        "its parser drops a name that is not a token",
	"n-tab":            "its parser drops a name that is not a token",
	"n-utf8":           "its parser drops a name that is not a token",
	"v-quoted-semi":    "its parser drops a value with an octet that is not a cookie-octet",
	"v-utf8":           "its parser drops a value with an octet that is not a cookie-octet",
	"v-backslash":      "its parser drops a value with an octet that is not a cookie-octet",
	"v-json":           "its parser drops a value with an octet that is not a cookie-octet",
	"v-tab-inside":     "its parser drops a value with an octet that is not a cookie-octet",
	"v-eqs":            "its writer adds quotes to a value with a space",
	"v-space-inside":   "its writer adds quotes to a value with a space",
	"a-04":             "its parser keeps WSP in an attribute's name",
	"a-secure-http-04": "its parser keeps WSP in an attribute's name",
	"p-tabs":           "its parser keeps WSP in an attribute's name",
	"e-date-13":        "its parser drops an attribute value in quotes",
}

func loadCases(t *testing.T) []conformanceCase {
	t.Helper()
	var cases []conformanceCase
	if err := json.Unmarshal(casesJSON, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	return cases
}

// octets turns code points into octets of the same number.
func octets(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			b = append(b, string(r)...)
			continue
		}
		b = append(b, byte(r))
	}
	return string(b)
}

// play runs every case through one face of the jar.
func play(t *testing.T, excluded map[string]string,
	store func(*cookie.Jar, *url.URL, []string), header func(*cookie.Jar, *url.URL) string,
) {
	for _, id := range slices.Sorted(maps.Keys(excluded)) {
		t.Logf("excluded: %s: %s", id, excluded[id])
	}
	for _, c := range loadCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			jar := cookie.New()
			for _, s := range c.Steps {
				var lines []string
				for _, line := range s.SetCookie {
					lines = append(lines, octets(line))
				}
				store(jar, parseURL(t, s.URL), lines)
			}
			got := header(jar, parseURL(t, c.RequestURL))
			passed := got == octets(c.ExpectCookie) || slices.ContainsFunc(c.ExpectAny, func(s string) bool {
				return got == octets(s)
			})
			reason, isExcluded := excluded[c.ID]
			switch {
			case passed && isExcluded:
				t.Errorf("passes and is excluded (%s)", reason)
			case isExcluded:
				t.Skipf("excluded: %s", reason)
			case !passed:
				t.Errorf("Cookie = %q, want %q: %s (%s, %s)", got, octets(c.ExpectCookie), c.Why, c.RFC, c.Level)
			}
		})
	}
}

func TestJarConformanceRaw(t *testing.T) {
	play(t, excludedRaw, (*cookie.Jar).SetCookieStrings, (*cookie.Jar).Header)
}

func TestJarConformanceHTTPCookieJar(t *testing.T) {
	play(t, excludedJar,
		func(jar *cookie.Jar, u *url.URL, lines []string) {
			resp := http.Response{Header: http.Header{"Set-Cookie": lines}}
			jar.SetCookies(u, resp.Cookies())
		},
		func(jar *cookie.Jar, u *url.URL) string {
			req := http.Request{Header: http.Header{}}
			for _, c := range jar.Cookies(u) {
				req.AddCookie(c)
			}
			return strings.Join(req.Header["Cookie"], "; ")
		})
}
