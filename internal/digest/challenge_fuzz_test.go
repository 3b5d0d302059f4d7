package digest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/digest"
	"github.com/google/go-cmp/cmp"
)

// FuzzParse checks that what was parsed can be written again, and then
// is parsed to the same.
func FuzzParse(f *testing.F) {
	for _, value := range []string{
		`Basic realm="x", charset="UTF-8"`, `Negotiate abc==, Basic realm=x`, `Digest realm="a\"b", nonce=y, qop="auth,auth-int"`,
		`, Newauth`, `A b=c, d`, `Basic realm="`, `a b=`, `a =b`, "a\tb=\"\\\xff\"",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		all, _ := digest.Parse(value)
		var parts []string
		for _, c := range all {
			if c.Scheme == "" || c.Token68 != "" && c.Params != nil {
				t.Fatalf("challenge %+v", c)
			}
			part := c.Scheme
			var params []string
			for name, v := range c.Params {
				params = append(params, name+"="+digest.Quote(v))
			}
			slices.Sort(params)
			switch {
			case c.Token68 != "":
				part += " " + c.Token68
			case len(params) > 0:
				part += " " + strings.Join(params, ", ")
			}
			parts = append(parts, part)
		}
		again, err := digest.Parse(strings.Join(parts, ", "))
		if err != nil {
			t.Fatalf("%q: %v", parts, err)
		}
		if diff := cmp.Diff(all, again); diff != "" {
			t.Errorf("(-first +again)\n%s", diff)
		}
	})
}
