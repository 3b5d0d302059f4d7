package cache_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

func TestDirectivesAreParsed(t *testing.T) {
	for _, tt := range []struct {
		field  string
		maxAge time.Duration
		store  bool
		cache  bool
		fields []string
	}{
		{"", 0, true, true, nil},
		{",, ,max-age=1,", time.Second, true, true, nil},
		{"max-age=1\t,no-store", time.Second, false, true, nil},
		{`no-cache="a, b" , max-age=1`, time.Second, true, true, []string{"a", "b"}},
		{`no-cache="\a"`, 0, true, true, []string{"a"}},
		{"no-cache=a", 0, true, true, []string{"a"}},
		{`no-cache="a", no-cache`, 0, true, false, []string{"a"}},
		{`no-cache=""`, 0, true, false, nil},
		{"no-cache=", 0, true, false, nil},
		{"no-store=x", 0, false, true, nil},
		{"no-store ;x", 0, false, true, nil},
		{`x="no-store"`, 0, true, true, nil},
		{`x="\", no-store"`, 0, true, true, nil},
		{`x="a"b, no-store`, 0, false, true, nil},
		{`x="a, no-store`, 0, false, true, nil},
		{`max-age="1"`, time.Second, true, true, nil},
		{`max-age="1"2`, 0, true, true, nil},
		{"max-age=1 2", 0, true, true, nil},
		{"max-age=2147483648", 1 << 31 * time.Second, true, true, nil},
		{"max-age=2147483649", 1 << 31 * time.Second, true, true, nil},
		{"max-age=18446744073709551617", 1 << 31 * time.Second, true, true, nil},
	} {
		d := cache.ParseDirectives([]string{tt.field})
		if d.MaxAge != tt.maxAge || d.NoStore == tt.store || d.NoCache == tt.cache || !slices.Equal(d.NoCacheFields, tt.fields) {
			t.Errorf("%s: got %+v", tt.field, d)
		}
	}
}

// FuzzDirectives holds that whatever comes before, a no-store on a line of its own, or
// behind a comma, is obeyed, unless it is in a quoted string; and that lines are as
// good as commas.
func FuzzDirectives(f *testing.F) {
	for _, seed := range []string{"", "max-age=1", `x="a`, `x="a\`, `no-cache="a,b"`, "max-age = 1", `a="b"c,`, "=", "\"", "max-stale", "\x00,=,\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		alone := cache.ParseDirectives([]string{s})
		if alone.MaxAge < 0 || alone.MaxAge > 1<<31*time.Second {
			t.Errorf("max-age of %v", alone.MaxAge)
		}
		if lines := cache.ParseDirectives([]string{s, "no-store"}); !lines.NoStore || lines.MaxAge != alone.MaxAge {
			t.Errorf("behind %q: %+v", s, lines)
		}
		if before := cache.ParseDirectives([]string{"no-store," + s}); !before.NoStore || before.MaxAge != alone.MaxAge {
			t.Errorf("before %q: %+v", s, before)
		}
		if !strings.Contains(s, `"`) {
			if after := cache.ParseDirectives([]string{s + ", no-store"}); !after.NoStore {
				t.Errorf("after %q: %+v", s, after)
			}
		}
	})
}
