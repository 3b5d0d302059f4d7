package secret_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// CVE-2024-6104: a library wrote the credentials of URLs into its log.
func TestTextMasksCredentials(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"http://a.test/p?x=1#f", "http://a.test/p?x=1#f"},
		{"http://", "http://"},
		{"http://u:hush@a.test/", "http://u:xxxxx@a.test/"},
		{"http://hush@a.test/", "http://xxxxx@a.test/"},        // a token in place of a user
		{"http://hush:@a.test/", "http://xxxxx:xxxxx@a.test/"}, // an API key with an empty password
		{"http://@a.test/", "http://@a.test/"},
		{"http:u:hush@a.test/", "http:xxxxx@a.test/"},
		{"u:hush@a.test/", "u:xxxxx@a.test/"},
		{"//u:hush@a.test/", "//u:xxxxx@a.test/"},
		{"http://a.test/?token=hush&b=c", "http://a.test/?token=xxxxx&b=c"},
		{"http://a.test/?TOKEN=hush", "http://a.test/?TOKEN=xxxxx"},
		{"http://a.test/?t%6Fken=hush", "http://a.test/?t%6Fken=xxxxx"},
		{"http://a.test/?X-Amz-Signature=hush&X-Amz-Date=1", "http://a.test/?X-Amz-Signature=xxxxx&X-Amz-Date=1"},
		{"http://a.test/?token&key=", "http://a.test/?token&key=xxxxx"},
		{"http://a.test/cb#access_token=hush&state=1", "http://a.test/cb#access_token=xxxxx&state=1"},
		{"http://a.test/cb#id_token=hush%20hush", "http://a.test/cb#id_token=xxxxx"},
		// No URLs.
		{"http://u:hush@a.test:x/", "http://xxxxx@a.test:x/"},
		{"http://u:hu@sh@[::1/", "http://xxxxx@[::1/"},
		{"http://a.test:x/?token=hush", "http://a.test:x/?token=xxxxx"},
		{"http://a.test:x/#access_token=hush", "http://a.test:x/#access_token=xxxxx"},
		{"http://a.test:x/?to=me@b.test&token=hush", "http://xxxxx@b.test&token=xxxxx"},
		{"http://[::1?token=hush#key=hush", "http://[::1?token=xxxxx#key=xxxxx"},
		{"http://a.test/%zz?password=hush", "http://a.test/%zz?password=xxxxx"},
	} {
		if got := secret.Text(test.text); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestValueMasksCredentials(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"Authorization", "Bearer hush", "Bearer xxxxx"},
		{"Authorization", "hush", "xxxxx"},
		{"Proxy-Authorization", "Basic hush", "Basic xxxxx"},
		{"Www-Authenticate", `Basic realm="a"`, `Basic realm="a"`},
		{"Cookie", "a=hush; b=hush", "a=xxxxx; b=xxxxx"},
		{"Cookie", "hush", "xxxxx"},
		{"Set-Cookie", "a=hush; Path=/; HttpOnly", "a=xxxxx; Path=/; HttpOnly"},
		{"Set-Cookie", "a=; Max-Age=0", "a=; Max-Age=0"},
		{"X-Api-Key", "hush", "xxxxx"},
		{"Location", "/cb?token=hush", "/cb?token=xxxxx"},
		{"Accept", "*/*", "*/*"},
	} {
		if got := secret.Value(test.name, test.value); got != test.want {
			t.Errorf("%s: %s: got %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

func TestJSONMasksMembers(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{"Password": "hush", "user": "me"}`, `{"Password": "xxxxx", "user": "me"}`},
		{`[{"access_token":"hush"},{"key":"b"}]`, `[{"access_token":"xxxxx"},{"key":"b"}]`},
		{`{"a":{"secret":{"b":"hush"}}`, `{"a":{"secret":"xxxxx"}`}, // that was cut
		{`{"secret":"hu`, `{"secret":"xxxxx"`},
	} {
		if got := string(secret.JSON([]byte(test.text), secret.Member)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
}
