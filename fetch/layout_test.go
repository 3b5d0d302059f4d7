package fetch_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/fetch"
)

func pathOf(t *testing.T, l fetch.Layout, it fetch.Item) string {
	t.Helper()
	name, err := l.Path(1, it)
	if err != nil {
		t.Fatalf("Path(%q): %v", it.URL, err)
	}
	return name
}

func TestTree(t *testing.T) {
	long := strings.Repeat("x", 100)
	tests := []struct{ url, want string }{
		{"https://example.com", "example.com/index.html"},
		{"https://example.com/", "example.com/index.html"},
		{"https://EXAMPLE.com:443/a/", "example.com/a/index.html"},
		{"https://example.com/a", "example.com/a.body"},
		{"https://example.com/a/b.html", "example.com/a/b.html"},
		{"https://example.com/a.tar.gz", "example.com/a.tar.gz"},
		{"https://example.com/3.12/os", "example.com/3.12/os.body"},
		{"https://example.com/a.html/b", "example.com/a.html~/b.body"},
		{"http://example.com/a.txt", "example.com+http/a.txt"},
		{"http://example.com:8080/a.txt", "example.com+8080/a.txt"},
		{"https://example.com:8443/a.txt", "example.com+8443+https/a.txt"},
		{"https://user:secret@example.com/a.txt", "example.com~hu737h3raibki/a.txt"},
		{"https://example.com/A.html", "example.com/a~6lj3qv85joeq0.html"},
		{"https://example.com/a.jpg?w=100&h=5", "example.com/a_w=100_h=5~ua8dq13lq2un8.jpg"},
		{"https://example.com/?q=go", "example.com/index_q=go~pf8dqo3qgntti.html"},
		{"https://example.com/index.html", "example.com/index~7dck4kcljjlpo.html"},
		{"https://example.com/../../etc/passwd", "example.com/_~33lkafd6rpj3g/_~33lkafd6rpj3g/etc/passwd.body"},
		{"https://example.com/..%2f..%2fetc", "example.com/_._2f.._2fetc~eagffvpti8mbk.body"},
		{"https://example.com/a//b", "example.com/a/_~01aloi0cqq692/b.body"},
		{"https://example.com/nul/con.txt", "example.com/_nul~qihd4p5u0tuoe/_con~88l5k8q0qitiu.txt"},
		{"https://example.com/a.", "example.com/a~8kjucr0u18bhe.body"},
		{"https://example.com/.git/config", "example.com/_git~4s6c2camef2m0/config.body"},
		{"https://example.com/" + long, "example.com/" + long[:55] + "~4perer1p465rk.body"},
		{"https://example.com/" + strings.Repeat("abc/", 60) + "z.png", "example.com/long~u8mkj6krbvhms.png"},
		{"https://[::1]:8080/a.txt", "_1~3aelrl4rkv7bm+8080+https/a.txt"},
		{"https://xn--bcher-kva.example/a.txt", "xn--bcher-kva.example/a.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			if got := pathOf(t, fetch.Layout{}, fetch.Item{URL: tt.url}); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTreeTellsRequestsApart(t *testing.T) {
	const u = "https://example.com/api"
	items := []fetch.Item{
		{URL: u},
		{URL: u, Method: "POST"},
		{URL: u, Method: "POST", Body: []byte("1")},
		{URL: u, Method: "POST", Body: []byte("2")},
		{URL: u, Header: map[string][]string{"Accept": {"text/html"}}},
		{URL: u, Header: map[string][]string{"Accept": {"application/json"}}},
	}
	for name, l := range map[string]fetch.Layout{"tree": fetch.Tree(), "flat": fetch.Flat()} {
		seen := make(map[string]int)
		for i, it := range items {
			got := pathOf(t, l, it)
			if first, ok := seen[got]; ok {
				t.Errorf("%s: items %d and %d share %s", name, first, i, got)
			}
			seen[got] = i
		}
	}
}

func TestTemplate(t *testing.T) {
	const u = "https://example.com/docs/Guide.PDF?v=2"
	tests := []struct{ template, want string }{
		{"{host}/{path}", pathOf(t, fetch.Tree(), fetch.Item{URL: u})},
		{"{name}{ext}", "guide.pdf"},
		{"all/{n:4}{ext}", "all/0007.pdf"},
		{"{line}-{name}", "3-guide"},
		{"{name}~{hash}{ext}", pathOf(t, fetch.Flat(), fetch.Item{URL: u})},
	}
	for _, tt := range tests {
		l, err := fetch.ParseTemplate(tt.template)
		if err != nil {
			t.Errorf("%s: %v", tt.template, err)
			continue
		}
		if got, err := l.Path(7, fetch.Item{URL: u, Line: 3}); got != tt.want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", tt.template, got, err, tt.want)
		}
	}
}

func TestTemplateNamesWhatIsWrong(t *testing.T) {
	tests := []struct{ template, want string }{
		{"", "is empty"},
		{"{host", "'{' is not closed"},
		{"a}", "'}' closes nothing"},
		{"{title}", "{title} is none of {host}"},
		{"{n:x}", "the width must be 1 to 18"},
		{"{hash:3}", "only {n} has a width"},
		{"../{n}", "leads out of the output folder"},
		{"/tmp/{n}", "leads out of the output folder"},
		{"a//{n}", "has an empty part"},
		{"a:{n}", `has one of <>:"|?*\`},
		{"com{n}", "is no name for a file on Windows"},
		{"{n}.", "is no name for a file on Windows"},
		{fetch.PartFolder + "/{n}", "is kept for partial files"},
	}
	for _, tt := range tests {
		if _, err := fetch.ParseTemplate(tt.template); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q in it", tt.template, err, tt.want)
		}
	}
}

func TestTemplateThatNamesTwoAlike(t *testing.T) {
	s, dir := newSite(t, echo), t.TempDir()
	l, err := fetch.ParseTemplate("{name}{ext}")
	if err != nil {
		t.Fatal(err)
	}
	sum, results := run(t, fetch.Options{Dir: dir, Layout: l}, urls(s.URL+"/a/x.txt", s.URL+"/b/x.txt", s.URL+"/b/y.txt"))
	if sum.Fetched != 2 || sum.Failed != 1 || results[s.URL+"/b/x.txt"].Err == nil || read(t, dir, "x.txt") != "/a/x.txt" {
		t.Errorf("got %v", &sum)
	}
}

// request is what makes two URLs one request, for the tree.
func request(t *testing.T, raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", false
	}
	port := u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		port = ""
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	query := ""
	if u.RawQuery != "" || u.ForceQuery {
		query = "?" + u.RawQuery
	}
	user := ""
	if u.User != nil {
		user = u.User.Username()
	}
	return strings.Join([]string{u.Scheme, strings.ToLower(u.Hostname()), port, user, path, query}, "\x00"), true
}

func FuzzTree(f *testing.F) {
	for _, p := range [][2]string{
		{"https://h/a", "https://h/A"}, {"https://h/a", "https://h/a/"}, {"https://h/a", "https://h/a/b"},
		{"https://h/a.html", "https://h/a.html/b"}, {"https://h/a?x", "https://h/a_x"}, {"http://h/", "https://h/"},
		{"https://h:80/", "http://h/"}, {"https://h/.", "https://h/"}, {"https://h/con", "https://h/_con"},
		{"https://u@h/a", "https://h/a"}, {"https://h/a?", "https://h/a"}, {"https://h//", "https://h/"},
		{"https://h/a.body", "https://h/a"}, {"https://h/index.html", "https://h/"}, {"https://h+http/a", "http://h/a"},
		{"https://h/%2e%2e/a", "https://h/../a"}, {"https://h/a%20", "https://h/a"}, {"https://h/é", "https://h/e"},
	} {
		f.Add(p[0], p[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		nameA, errA := fetch.Tree().Path(1, fetch.Item{URL: a})
		nameB, errB := fetch.Tree().Path(2, fetch.Item{URL: b})
		for _, name := range []string{nameA, nameB} {
			if name != "" {
				checkSafe(t, name)
			}
		}
		if errA != nil || errB != nil {
			return
		}
		reqA, _ := request(t, a)
		reqB, _ := request(t, b)
		if same := strings.EqualFold(nameA, nameB); same != (reqA == reqB) {
			t.Errorf("%q and %q: names %s and %s", a, b, nameA, nameB)
		}
		if strings.HasPrefix(nameA, nameB+"/") || strings.HasPrefix(nameB, nameA+"/") {
			t.Errorf("%q and %q: %s and %s are file and folder", a, b, nameA, nameB)
		}
		flatA, _ := fetch.Flat().Path(1, fetch.Item{URL: a})
		flatB, _ := fetch.Flat().Path(2, fetch.Item{URL: b})
		checkSafe(t, flatA)
		if (flatA == flatB) != (reqA == reqB) {
			t.Errorf("%q and %q: flat names %s and %s", a, b, flatA, flatB)
		}
	})
}

// checkSafe checks that a name is one on every file system.
func checkSafe(t *testing.T, name string) {
	t.Helper()
	if !filepath.IsLocal(name) || len(name) > 300 {
		t.Fatalf("%q is not local, or too long", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(part, ".")
		switch stem {
		case "con", "prn", "aux", "nul", "conin$", "conout$", "com1", "lpt9":
			t.Errorf("%q is reserved", name)
		}
		if part == "" || len(part) > 255 || part[0] == '.' || part[0] == '-' || strings.HasSuffix(part, ".") {
			t.Errorf("%q has the part %q", name, part)
		}
		if bad := strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789._-+=,@~"); bad != "" {
			t.Errorf("%q has %q in it", name, bad)
		}
	}
}
