package vector_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

func TestOctetsAndBack(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if got := vector.Octets(vector.Latin1(all)); got != string(all) {
		t.Errorf("got %q", got)
	}
	if got, want := vector.Octets("é☺"), "\xe9☺"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadClientsRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, tt := range []struct{ name, json, want string }{
		{"field", `[{"id":"x","teapot":1}]`, `unknown field "teapot"`},
		{"op", `[{"id":"x","script":[{"op":"brew"}]}]`, `vector x: unknown op "brew"`},
		{"close", `[{"id":"x","response_raw_base64":"","close":""}]`, `vector x: unknown op ""`},
		{"unfollowed", `[{"id":"x","parsed":{"reusable":true}}]`, "follow.same_conn"},
		{"followed-otherwise", `[{"id":"x","parsed":{"reusable":true},"follow":{"same_conn":false}}]`, "follow.same_conn"},
		{"empty", `[]`, "no vectors"},
		{"zlib", `[{"id":"x","script":[{"op":"send","zlib_base64":"aGk="}]}]`, "zlib"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "vectors.json")
			if err := os.WriteFile(path, []byte(tt.json), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := vector.LoadClients(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestCookieAccepts(t *testing.T) {
	c := vector.Cookie{Expect: "a=\u00e9", ExpectAny: []string{"b=2"}}
	for field, want := range map[string]bool{"a=\xe9": true, "b=2": true, "a=é": false, "": false} {
		if got := c.Accepts(field); got != want {
			t.Errorf("Accepts(%q) = %v", field, got)
		}
	}
}
