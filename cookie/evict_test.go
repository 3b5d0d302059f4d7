package cookie_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cookie"
)

func names(jar *cookie.Jar) string {
	var all []string
	for c := range jar.All() {
		all = append(all, c.Name)
	}
	return strings.Join(all, " ")
}

// "Cookies whose secure-only-flag is false, and which share a domain field with more
// than a predetermined number of other cookies. ... the user agent MUST evict the
// cookie with the earliest last-access-time first."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func TestJarEvictsInsecureThenLeastUsedOfADomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := cookie.New(cookie.Options{MaxPerDomain: 3})
		for _, line := range []string{"s=1; Secure", "a=1; Path=/a", "b=1; Path=/b"} {
			set(t, jar, "https://kit.test/", line)
			time.Sleep(time.Second)
		}
		want(t, jar, "https://kit.test/a", "a=1; s=1")
		time.Sleep(time.Second)
		for _, step := range []struct{ setCookie, left string }{
			{"c=1; Path=/c", "s a c"},          // b was not used since a was
			{"d=1; Secure; Path=/d", "s c d"},  // a is insecure, though s is as old
			{"e=1; Secure; Path=/e", "s d e"},  // c
			{"f=1; Path=/f", "s d e"},          // an insecure one cannot push out Secure ones
			{"g=1; Secure; Path=/g", "d e g"},  // s is the least used
			{"e=2; Secure; Path=/e", "d e g"},  // a replacement adds none
			{"x=1; Domain=kit.test", "d e g"},  // host-only or not, one domain field
			{"h=1; Secure; Path=/h", "e g h"},  // d
			{"i=; Secure; Max-Age=0", "e g h"}, // a removal adds none
			{"e=; Secure; Path=/e; Max-Age=0", "g h"},
		} {
			set(t, jar, "https://kit.test/", step.setCookie)
			if got := names(jar); got != step.left {
				t.Errorf("after %q: %q left, want %q", step.setCookie, got, step.left)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestJarEvictsLeastUsedOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 40
		jar := cookie.New(cookie.Options{MaxCookies: size})
		host := func(i int) string { return fmt.Sprintf("https://h%d.test/", i) }
		for i := range size {
			set(t, jar, host(i), fmt.Sprintf("k%d=v", i))
			time.Sleep(time.Second)
		}
		// Every step uses one of the two oldest and adds one: the other must go.
		// This outlasts several scans for victims.
		left := make([]int, size)
		for i := range left {
			left[i] = i
		}
		for i := size; i < 4*size; i++ {
			jar.Header(parseURL(t, host(left[0])))
			time.Sleep(time.Second)
			set(t, jar, host(i), fmt.Sprintf("k%d=v", i))
			time.Sleep(time.Second)
			gone := left[1]
			left = append(append(left[2:], left[0]), i)
			if got := jar.Header(parseURL(t, host(gone))); got != "" {
				t.Fatalf("step %d: %s was kept", i, got)
			}
			if jar.Len() != size {
				t.Fatalf("step %d: %d cookies, want %d", i, jar.Len(), size)
			}
		}
	})
}

func TestJarEvictsExpiredFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := cookie.New(cookie.Options{MaxCookies: 2})
		set(t, jar, "http://a.test/", "a=1")
		set(t, jar, "http://b.test/", "b=1; Max-Age=1")
		time.Sleep(2 * time.Second)
		set(t, jar, "http://c.test/", "c=1")
		if got := names(jar); got != "a c" {
			t.Errorf("%q left, want a c", got)
		}
	})
}

func TestJarWithoutLimits(t *testing.T) {
	jar := cookie.New(cookie.Options{MaxPerDomain: -1, MaxCookies: -1})
	for i := range 3500 {
		set(t, jar, "http://kit.test/", fmt.Sprintf("k%d=v", i))
	}
	if got, want := jar.Len(), 3500; got != want {
		t.Errorf("%d cookies, want %d", got, want)
	}
}
