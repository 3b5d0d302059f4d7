package digest_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/digest"
	"github.com/google/go-cmp/cmp"
)

func TestParseChallenges(t *testing.T) {
	p := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	basic := digest.Challenge{Scheme: "basic", Params: p("realm", "x")}
	for _, test := range []struct {
		name, value string
		want        []digest.Challenge
		err         bool
	}{
		{"empty", "", nil, false},
		{"only-commas", " , ,", nil, false},
		{"one", `Basic realm="x"`, []digest.Challenge{basic}, false},
		{"token-value", `BASIC Realm=x`, []digest.Challenge{basic}, false},
		{"bad-white-space", "Basic \t realm = \"x\" ", []digest.Challenge{basic}, false},
		{"no-params", "Negotiate", []digest.Challenge{{Scheme: "negotiate"}}, false},
		{"token68", "Negotiate a87421000492aa874209af8bc028==", []digest.Challenge{{Scheme: "negotiate", Token68: "a87421000492aa874209af8bc028=="}}, false},
		{"token68-then-more", "NTLM abc=, Basic realm=x", []digest.Challenge{{Scheme: "ntlm", Token68: "abc="}, basic}, false},
		// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1-7
		{"rfc-9110", `Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`, []digest.Challenge{
			{Scheme: "basic", Params: p("realm", "simple")},
			{Scheme: "newauth", Params: p("realm", "apps", "type", "1", "title", `Login to "apps"`)},
		}, false},
		{"empty-elements", `, Basic realm=x, ,, Negotiate,`, []digest.Challenge{basic, {Scheme: "negotiate"}}, false},
		{"empty-elements-among-params", `Digest realm=x,, nonce=y,`, []digest.Challenge{{Scheme: "digest", Params: p("realm", "x", "nonce", "y")}}, false},
		{"comma-and-equals-quoted", `Digest realm="a, Basic b=c", nonce="\\\x"`, []digest.Challenge{{Scheme: "digest", Params: p("realm", "a, Basic b=c", "nonce", `\x`)}}, false},
		{"twice", `Basic realm=x, realm=y`, nil, true},
		{"unended", `Basic realm=x, Digest realm="y`, []digest.Challenge{basic}, true},
		{"unended-escape", `Digest realm="y\`, nil, true},
		{"no-comma", `Digest realm="x" nonce="y"`, nil, true},
		{"no-value", `Digest realm=,nonce=y`, []digest.Challenge{{Scheme: "digest", Token68: "realm="}}, true},
		{"no-scheme", `="x"`, nil, true},
		{"nonsense", `Basic @`, nil, true},
		{"nonsense-scheme", `Basic@ realm=x`, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := digest.Parse(test.value)
			if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.err {
				t.Errorf("error %v, (-want +got)\n%s", err, diff)
			}
		})
	}
}
