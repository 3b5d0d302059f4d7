package cookie_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// full has a cookie of every kind, with octets that are not UTF-8.
func full(t *testing.T) *cookie.Jar {
	t.Helper()
	jar := cookie.New(cookie.Options{Now: at(start)})
	set(t, jar, "https://www.kit.test/a;b/c",
		"a=\"1 <2>\"; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=100; Domain=kit.test",
		"b=\xff\xfe; Path=/\xe9; SameSite=Lax", "=x=y", "empty=", "c=a\tb; SameSite=Strict")
	set(t, jar, "https://127.0.0.1/", "d=1")
	set(t, jar, "https://[fe80::1%25eth0]/", "e=1")
	set(t, jar, "https://b\u00fccher.test/", "f=1")
	return jar
}

func TestJarJSONLosesNothing(t *testing.T) {
	// golang/go#17587, #36921, #39420, resty#4: a jar can be listed and kept, with
	// all attributes.
	jar := full(t)
	var b bytes.Buffer
	if err := jar.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	loaded := cookie.New(cookie.Options{Now: at(start.Add(time.Second))})
	if err := loaded.ReadJSON(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list(jar), list(loaded)); diff != "" {
		t.Error(diff)
	}
	if loaded.Len() != 8 {
		t.Errorf("%d cookies, want 8", loaded.Len())
	}
}

func TestJarNetscapeFormat(t *testing.T) {
	const text = "# Netscape HTTP Cookie File\n\n" +
		"#HttpOnly_.kit.test\tTRUE\t/a;b\tTRUE\t1772366500\ta\t\"1 <2>\"\n" +
		"www.kit.test\tFALSE\t/\xe9\tFALSE\t0\tb\t\xff\xfe\n" +
		"www.kit.test\tFALSE\t/a;b\tFALSE\t0\t\tx=y\n" +
		"www.kit.test\tFALSE\t/a;b\tFALSE\t0\tempty\t\n" +
		"www.kit.test\tFALSE\t/a;b\tFALSE\t0\tc\ta\tb\n" +
		"127.0.0.1\tFALSE\t/\tFALSE\t0\td\t1\n" +
		"fe80::1%eth0\tFALSE\t/\tFALSE\t0\te\t1\n" +
		"xn--bcher-kva.test\tFALSE\t/\tFALSE\t0\tf\t1\n"
	var b strings.Builder
	if err := full(t).WriteNetscape(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, b.String()); diff != "" {
		t.Error(diff)
	}
	jar := cookie.New(cookie.Options{Now: at(start)})
	if err := jar.ReadNetscape(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := jar.WriteNetscape(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestJarReadsForeignNetscapeFiles(t *testing.T) {
	const text = "# HTTP Cookie File\r\n# a comment\r\n\r\n" +
		"kit.test\tTRUE\t/\tfalse\t99999999999999\ta\t1\r\n" +
		".kit.test\tTRUE\t/\tTRUE\t1772366500.25\tb\t2\r\n" +
		"localhost\tTRUE\t/\tFALSE\t0\tc\t3\r\n" +
		"kit.test\tFALSE\t/\tFALSE\t0\tcut\r\n" +
		"kit.test\tFALSE\t/\tFALSE\t-1\tpast\t5\r\n" +
		"kit.test\tFALSE\t/\tFALSE\t0\t__Host-x\t6\r\n" +
		"bad host\tFALSE\t/\tFALSE\t0\tx\t7\r\n"
	var refused []string
	jar := cookie.New(cookie.Options{Now: at(start), OnReject: func(u *url.URL, name string, cause error) {
		refused = append(refused, name+": "+cause.Error())
		if u != nil {
			t.Errorf("URL %v for a file", u)
		}
	}})
	if err := jar.ReadNetscape(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	wantAll := []cookie.Cookie{
		{Name: "a", Value: "1", Domain: "kit.test", Path: "/", Expires: start.AddDate(0, 0, 400), Created: start, LastAccess: start},
		{Name: "b", Value: "2", Domain: "kit.test", Path: "/", Secure: true, Expires: time.Unix(1772366500, 0), Created: start, LastAccess: start},
		{Name: "c", Value: "3", Domain: "localhost", HostOnly: true, Path: "/", Created: start, LastAccess: start},
		{Name: "cut", Domain: "kit.test", HostOnly: true, Path: "/", Created: start, LastAccess: start},
	}
	if diff := cmp.Diff(wantAll, list(jar)); diff != "" {
		t.Error(diff)
	}
	wantRefused := []string{
		"__Host-x: __Host- without Secure, with Domain or with another path than /",
		"x: not a host name",
	}
	if diff := cmp.Diff(wantRefused, refused); diff != "" {
		t.Error(diff)
	}
}

func TestJarSaveIsPrivateAndWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "jar.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := full(t).Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode %o, want 600", mode)
	}
	if err := full(t).Save(filepath.Join(dir, "none", "jar.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Save into a missing directory: %v", err)
	}
	// A directory cannot be replaced by a file, so the rename fails.
	if err := full(t).Save(dir); err == nil {
		t.Error("Save over a directory: no error")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	parent, err := filepath.Glob(dir + ".*.tmp")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || len(parent) != 0 {
		t.Errorf("temporary files left: %v %v", entries, parent)
	}
}

func TestJarLoadAddsAndReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar")
	saved := cookie.New()
	set(t, saved, "http://kit.test/", "a=new", "old=v; Max-Age=1")
	if err := saved.Save(path); err != nil {
		t.Fatal(err)
	}
	jar := cookie.New(cookie.Options{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	set(t, jar, "http://kit.test/", "a=old", "b=kept")
	if err := jar.Load(path); err != nil {
		t.Fatal(err)
	}
	want(t, jar, "http://kit.test/", "a=new; b=kept")
	if err := jar.Load(path + ".missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of a missing file: %v", err)
	}
}

func TestJarReadIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MiB twice")
	}
	jar := cookie.New()
	for name, read := range map[string]func(io.Reader) error{"json": jar.ReadJSON, "netscape": jar.ReadNetscape} {
		endless := io.MultiReader(strings.NewReader(`{"version":"`), zeros{})
		if err := read(endless); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat("0", len(p))), nil
}

func TestJarWriteErrors(t *testing.T) {
	jar := full(t)
	for name, write := range map[string]func(io.Writer) error{"json": jar.WriteJSON, "netscape": jar.WriteNetscape} {
		if err := write(fullDisk{}); !errors.Is(err, errDisk) {
			t.Errorf("%s: error %v, want %v", name, err, errDisk)
		}
	}
}

var errDisk = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errDisk }
