package cookie_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/cookie"
)

func TestJarClear(t *testing.T) {
	for _, c := range []struct {
		name  string
		clear func(*cookie.Jar) int
		count int
		left  string
	}{
		{"all", func(j *cookie.Jar) int { return j.Clear(nil) }, 5, ""},
		{"some", func(j *cookie.Jar) int {
			return j.Clear(func(c cookie.Cookie) bool { return c.Expires.IsZero() })
		}, 4, "b"},
		{"domain", func(j *cookie.Jar) int { return j.ClearDomain("Kit.test.") }, 3, "d e"},
		{"dot", func(j *cookie.Jar) int { return j.ClearDomain(".www.kit.test") }, 1, "a b d e"},
		{"address", func(j *cookie.Jar) int { return j.ClearDomain("1.2.3.4") }, 1, "a b c d"},
		{"no-address", func(j *cookie.Jar) int { return j.ClearDomain("3.4") }, 0, "a b c d e"},
		{"no-host", func(j *cookie.Jar) int { return j.ClearDomain("") }, 0, "a b c d e"},
	} {
		t.Run(c.name, func(t *testing.T) {
			jar := cookie.New()
			set(t, jar, "https://kit.test/", "a=1", "b=1; Max-Age=10")
			set(t, jar, "https://www.kit.test/", "c=1")
			set(t, jar, "https://evilkit.test/", "d=1")
			set(t, jar, "https://1.2.3.4/", "e=1")
			if got := c.clear(jar); got != c.count {
				t.Errorf("removed %d, want %d", got, c.count)
			}
			if got := names(jar); got != c.left {
				t.Errorf("left %q, want %q", got, c.left)
			}
			if got, want := jar.Len(), 5-c.count; got != want {
				t.Errorf("Len = %d, want %d", got, want)
			}
		})
	}
}

func TestJarAdd(t *testing.T) {
	jar := cookie.New(cookie.Options{Now: at(start)})
	for _, c := range []cookie.Cookie{
		{Name: "a", Value: "1", Domain: "Kit.test"},
		{Name: "b", Value: "2", Domain: "com", Expires: start.AddDate(9, 0, 0), Created: start.Add(time.Hour)},
		{Name: "old", Domain: "kit.test", Expires: start},
	} {
		if err := jar.Add(c); err != nil {
			t.Error(err)
		}
	}
	wantAll := []cookie.Cookie{
		{Name: "a", Value: "1", Domain: "kit.test", Path: "/", Created: start, LastAccess: start},
		{
			Name: "b", Value: "2", Domain: "com", HostOnly: true, Path: "/",
			Expires: start.AddDate(0, 0, 400), Created: start, LastAccess: start,
		},
	}
	if diff := cmp.Diff(wantAll, list(jar)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []cookie.Cookie{
		{Domain: "kit.test"},
		{Name: "a", Domain: ""},
		{Name: "a", Domain: "kit test"},
		{Name: " a", Domain: "kit.test"},
		{Name: "a=", Domain: "kit.test"},
		{Name: "a", Domain: "kit.test", Path: "x"},
		{Name: "__Host-a", Domain: "kit.test", HostOnly: true},
		{Name: "__Secure-a", Domain: "kit.test"},
	} {
		if err := jar.Add(c); err == nil {
			t.Errorf("Add took %+v", c)
		}
	}
}
