package secret_test

import (
	"encoding/json"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Valid JSON stays valid, and no secret survives.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"s":"x"}`, `[{"a":{"s":[1,"s",{"s":2}]}}]`, `{"s":-1e5,"s":{}}`, `"s"`, `{"s" : "a\"b\\" , "t":1}`, `{"s":`, `"\`} {
		f.Add([]byte(text))
	}
	isSecret := func(name string) bool { return name == "s" }
	f.Fuzz(func(t *testing.T, text []byte) {
		masked := secret.JSON(text, isSecret)
		if again := secret.JSON(masked, isSecret); string(again) != string(masked) {
			t.Fatalf("masked again:\n%s\n%s", masked, again)
		}
		var v any
		if json.Unmarshal(text, &v) != nil {
			return
		}
		if err := json.Unmarshal(masked, &v); err != nil {
			t.Fatalf("%v: %s", err, masked)
		}
		walk(t, v)
	})
}

func walk(t *testing.T, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if name == "s" && value != "xxxxx" && value != nil {
				t.Fatalf("%v is left", value)
			}
			walk(t, value)
		}
	case []any:
		for _, value := range v {
			walk(t, value)
		}
	}
}
