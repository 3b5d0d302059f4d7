package cookie_test

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// Flaws that other cookie jars had, each by the name it was published under.

func TestJarCVE_2026_111063_SecureHoldsForCookiesWithoutDomain(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "https://kit.test/", "k=v; Secure", "l=w; Secure; Domain=kit.test")
	want(t, jar, "http://kit.test/", "")
	want(t, jar, "ws://kit.test/", "")
	want(t, jar, "https://kit.test/", "k=v; l=w")
}

func TestJarCVE_2026_111065_MaxAgeDoesNotOverflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := cookie.New()
		for i, age := range []string{
			strings.Repeat("9", 400), "9223372036854775807", "9223372036854775808", "18446744073709551616",
			"9223372037", "34560001",
		} {
			set(t, jar, "http://kit.test/", fmt.Sprintf("k%d=v; Max-Age=%s", i, age))
		}
		limit := time.Now().Add(400 * 24 * time.Hour)
		for _, c := range list(jar) {
			if !c.Expires.Equal(limit.Truncate(time.Microsecond)) {
				t.Errorf("%s expires at %v, want %v", c.Name, c.Expires, limit)
			}
		}
		if got, want := jar.Len(), 6; got != want {
			t.Errorf("%d cookies, want %d", got, want)
		}
		set(t, jar, "http://kit.test/", "k0=v; Max-Age=-"+strings.Repeat("9", 400))
		if got, want := jar.Len(), 5; got != want {
			t.Errorf("%d cookies after a removal, want %d", got, want)
		}
		jar.SetCookies(parseURL(t, "http://kit.test/"), []*http.Cookie{{Name: "k", Value: "v", MaxAge: math.MaxInt}})
		if got, want := jar.Len(), 6; got != want {
			t.Errorf("%d cookies after net/http's, want %d", got, want)
		}
	})
}

func TestJarPYSEC_2026_4370_SubdomainCannotStripHostOnlyFlag(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "https://kit.test/", "k=secret")
	set(t, jar, "https://sub.kit.test/x/y",
		"k=; Domain=kit.test; Path=/other; Max-Age=0",
		"k=; Domain=kit.test; Path=/; Max-Age=0",
		"k=; Domain=kit.test; Max-Age=0",
		"k=; Max-Age=0; Path=/")
	want(t, jar, "https://kit.test/", "k=secret")
	want(t, jar, "https://sub.kit.test/", "")
	want(t, jar, "https://sub.kit.test/other", "")
}

func TestJarCVE_2026_54279_HostOnlySurvivesSaveAndLoad(t *testing.T) {
	for _, name := range []string{"jar.json", "jar.txt"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			jar := cookie.New()
			set(t, jar, "https://kit.test/", "host=1", "domain=2; Domain=kit.test")
			if err := jar.Save(path); err != nil {
				t.Fatal(err)
			}
			loaded := cookie.New()
			if err := loaded.Load(path); err != nil {
				t.Fatal(err)
			}
			want(t, loaded, "https://kit.test/", "host=1; domain=2")
			want(t, loaded, "https://sub.kit.test/", "domain=2")
		})
	}
}

func TestJarCVE_2026_34993_LoadTakesDataOnly(t *testing.T) {
	for name, content := range map[string]string{
		"pickle":         "\x80\x04\x95\x1f\x00\x00\x00cposix\nsystem\n(S'id'\ntR.",
		"empty":          "",
		"text":           "hello",
		"json-array":     "[]",
		"json-cut":       `{"version":1,"cookies":[{"name":"a"`,
		"json-no-vers":   `{"cookies":[]}`,
		"json-two":       `{"version":1,"cookies":[]}{}`,
		"json-crlf":      `{"version":1,"cookies":[{"name":"a\r\nb","value":"","domain":"kit.test","path":"/"}]}`,
		"json-pair":      `{"version":1,"cookies":[{"name":"a","value":"b; c=d","domain":"kit.test","path":"/"}]}`,
		"json-no-domain": `{"version":1,"cookies":[{"name":"a","value":"b","path":"/"}]}`,
		"json-second-bad": `{"version":1,"cookies":[{"name":"a","value":"b","domain":"kit.test","path":"/"},
			{"name":"a","value":"b","domain":"kit.test","path":"x"}]}`,
		"json-same-site":     `{"version":1,"cookies":[{"name":"a","value":"b","domain":"kit.test","path":"/","same_site":"?"}]}`,
		"netscape-fields":    "# Netscape HTTP Cookie File\nkit.test\tFALSE\t/\tFALSE\n",
		"netscape-flag":      "# Netscape HTTP Cookie File\nkit.test\tmaybe\t/\tFALSE\t0\ta\tb\n",
		"netscape-time":      "# Netscape HTTP Cookie File\nkit.test\tFALSE\t/\tFALSE\tsoon\ta\tb\n",
		"netscape-then-junk": "# Netscape HTTP Cookie File\nkit.test\tFALSE\t/\tFALSE\t0\ta\tb\njunk\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "jar")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			jar := cookie.New()
			if err := jar.Load(path); err == nil {
				t.Error("no error")
			}
			if jar.Len() != 0 {
				t.Errorf("kept %v", list(jar))
			}
		})
	}
}

func TestJarPYSEC_2026_4392_CookiesAreLimited(t *testing.T) {
	t.Run("unknown-attributes", func(t *testing.T) {
		jar := cookie.New()
		set(t, jar, "http://kit.test/", "k=v"+strings.Repeat("; x=y", 10_000))
		want(t, jar, "http://kit.test/", "k=v")
		if jar.Len() != 1 {
			t.Errorf("%d cookies, want 1", jar.Len())
		}
	})
	t.Run("one-domain", func(t *testing.T) {
		jar := cookie.New()
		for i := range 1000 {
			set(t, jar, "http://kit.test/", fmt.Sprintf("k%d=v", i))
		}
		if got, want := jar.Len(), 180; got != want {
			t.Errorf("%d cookies, want %d", got, want)
		}
	})
	t.Run("all", func(t *testing.T) {
		jar := cookie.New()
		for i := range 5000 {
			set(t, jar, fmt.Sprintf("http://h%d.test/", i), "k=v")
		}
		if got, want := jar.Len(), 3000; got != want {
			t.Errorf("%d cookies, want %d", got, want)
		}
	})
	// An attribute of more than 1024 octets is as if it were not there; the cookie
	// stays.
	t.Run("attribute", func(t *testing.T) {
		jar := cookie.New()
		for n, name := range map[int]string{1024: "longest", 1025: "longer"} {
			path := "/" + strings.Repeat("p", n-1)
			set(t, jar, "http://kit.test/", name+"=v; Path="+path)
			jar.SetCookies(parseURL(t, "http://kit.test/"), []*http.Cookie{{Name: name + "-parsed", Value: "v", Path: path}})
		}
		want(t, jar, "http://kit.test/", "longer=v; longer-parsed=v")
		set(t, jar, "http://kit.test/", "domain=v; Domain="+strings.Repeat("a.", 513)+"kit.test", "age=v; Max-Age="+strings.Repeat("0", 1025))
		if all := list(jar); len(all) != 6 {
			t.Errorf("%d cookies, want 6", len(all))
		}
	})
	t.Run("size", func(t *testing.T) {
		jar := cookie.New()
		set(t, jar, "http://kit.test/", "k="+strings.Repeat("v", 4096), "l="+strings.Repeat("v", 4095))
		if all := list(jar); len(all) != 1 || all[0].Name != "l" {
			t.Errorf("%d cookies, want l only", len(all))
		}
	})
}

func TestJarCVE_2026_3644_ControlCharactersRefused(t *testing.T) {
	u := parseURL(t, "http://kit.test/")
	for c := range 0x80 {
		if c >= ' ' && c != 0x7f || c == '\t' {
			continue
		}
		x := string(rune(c))
		jar := cookie.New()
		jar.SetCookieStrings(u, []string{"a" + x + "b=v", "k=a" + x + "b", "k=v; Path=/" + x, "k=v; x=" + x, "k=v" + x})
		jar.SetCookies(u, []*http.Cookie{
			{Name: "a" + x + "b", Value: "v"}, {Name: "k", Value: "a" + x + "b"},
			{Name: "k", Value: "v", Path: "/" + x}, {Name: "k", Value: "v", Domain: "kit.test" + x},
		})
		if jar.Add(cookie.Cookie{Name: "k", Value: "a" + x, Domain: "kit.test"}) == nil {
			t.Errorf("Add took %q", x)
		}
		if jar.Len() != 0 {
			t.Errorf("%q was kept: %v", x, list(jar))
		}
	}
}

// fasthttp eb82c9a, 7a012e9, ec58c6e; CVE-2020-15111.
func TestJarCVE_2020_15111_ProgramCannotInjectCookies(t *testing.T) {
	u := parseURL(t, "http://kit.test/")
	jar := cookie.New()
	jar.SetCookies(u, []*http.Cookie{
		{Name: "k", Value: "v; admin=1"}, {Name: "k;admin", Value: "1"}, {Name: "k=1; l", Value: "v"}, {Name: "", Value: ""}, nil,
	})
	if jar.Len() != 0 {
		t.Errorf("kept %v", list(jar))
	}
}

func TestJarCVE_2025_4673_ZoneIsNoDomain(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "https://a.test/", "k=v; Domain=a.test")
	want(t, jar, "https://[::1%25.a.test]/", "")
	set(t, jar, "https://[::1%25.a.test]/", "l=w; Domain=a.test")
	want(t, jar, "https://a.test/", "k=v")
}

func TestJarCVE_2026_39821_FakeALabelRefused(t *testing.T) {
	jar := cookie.New()
	for _, host := range []string{"xn--example-.test", "xn--.test", "xn--a.test", "XN--EXAMPLE-.test"} {
		set(t, jar, "https://"+host+"/", "k=v", "l=w; Domain="+host)
	}
	if jar.Len() != 0 {
		t.Errorf("kept %v", list(jar))
	}
}

func TestJarCVE_2025_58186_ManyCookiesInOneResponse(t *testing.T) {
	jar := cookie.New()
	lines := make([]string, 10_000)
	for i := range lines {
		lines[i] = fmt.Sprintf("a%d=", i)
	}
	set(t, jar, "http://kit.test/", lines...)
	if got, want := jar.Len(), 180; got != want {
		t.Errorf("%d cookies, want %d", got, want)
	}
}

func TestJarCVE_2024_6104_ErrorsHoldNoValue(t *testing.T) {
	const secret = "hunter2"
	var said []string
	jar := cookie.New(cookie.Options{OnReject: func(_ *url.URL, name string, cause error) {
		said = append(said, name+": "+cause.Error())
	}})
	set(t, jar, "http://kit.test/", "k="+secret+"; Secure", "__Host-k="+secret)
	err := jar.Add(cookie.Cookie{Name: "k", Value: secret + ";", Domain: "kit.test"})
	if err == nil {
		t.Fatal("no error")
	}
	said = append(said, err.Error())
	if len(said) != 3 {
		t.Errorf("%d causes, want 3: %q", len(said), said)
	}
	if s := strings.Join(said, "\n"); strings.Contains(s, secret) {
		t.Errorf("value shown in %q", s)
	}
}

// PYSEC-2026-4392: a subdomain fills the jar for its parent, so that every request
// is refused for the length of its Cookie field.
func TestJarPYSEC_2026_4392_CookieFieldIsBounded(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "https://kit.test/", "session=mine")
	for i := range 170 {
		set(t, jar, "https://evil.kit.test/", fmt.Sprintf("k%d=%s; Domain=kit.test", i, strings.Repeat("v", 4000)))
	}
	if jar.Len() != 171 {
		t.Errorf("%d cookies are kept, want 171", jar.Len())
	}
	u := parseURL(t, "https://kit.test/")
	line := jar.Header(u)
	if len(line) > 16<<10 || len(line) < 12<<10 {
		t.Errorf("the field has %d bytes", len(line))
	}
	if !strings.HasPrefix(line, "session=mine; k0=") {
		t.Errorf("begins %.40q", line)
	}
	if got, want := len(jar.Cookies(u)), strings.Count(line, "; ")+1; got != want {
		t.Errorf("%d cookies for net/http, want %d", got, want)
	}
}

// CVE-2025-61725 and CVE-2026-42504: a line of 1 MiB takes work in proportion to
// its length. Work that grows with the square of it would not end before the
// test's time does.
func TestJarCVE_2026_42504_LongLinesTakeLinearWork(t *testing.T) {
	for name, unit := range map[string]string{
		"attributes": "; a=b", "semicolons": ";", "spaces": " ", "equals": "=", "expires": "; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
		"dates": "; Expires=" + strings.Repeat("1:1:1 ", 100), "paths": "; Path=" + strings.Repeat("/..", 100), "quotes": `"`,
		"domains": "; Domain=" + strings.Repeat("a.", 100) + "test", "max-age": "; Max-Age=" + strings.Repeat("9", 100),
	} {
		t.Run(name, func(t *testing.T) {
			jar, u := cookie.New(), parseURL(t, "http://a.test/")
			jar.SetCookieStrings(u, []string{
				"k=v" + strings.Repeat(unit, 1<<20/len(unit)),
				strings.Repeat(unit, 1<<20/len(unit)),
				"k=v; Expires=" + strings.Repeat(unit, 1<<20/len(unit)),
			})
			if jar.Len() > 1 {
				t.Errorf("kept %d cookies", jar.Len())
			}
		})
	}
}

// aio-libs/aiohttp#5397, #9336 and #7478: several cookies of one name are kept
// apart, and a value goes back as it came, with its quotes and spaces.
func TestJarSendsValuesAsTheyCame(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "https://a.kit.test/x/y",
		"n=root; Path=/", "n=deep; Path=/x", "n=wide; Path=/; Domain=kit.test",
		`q="a b,c\"d"; Path=/`, `json={"a":[1,2]}; Path=/`, "e=a%3Db=c==; Path=/", "ü=ö; Path=/", "empty=; Path=/", "bare; Path=/")
	want(t, jar, "https://a.kit.test/x/", `n=deep; n=root; n=wide; q="a b,c\"d"; json={"a":[1,2]}; e=a%3Db=c==; ü=ö; empty=; bare`)
	want(t, jar, "https://kit.test/", "n=wide")
}
