package digest_test

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/digest"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// Answers that overtake each other name nonces of before: each is counted on.
func TestCountUsesNoCountTwice(t *testing.T) {
	all, _ := digest.Parse(`Digest realm="r", nonce="a", qop="auth"`)
	c := digest.NewCount(digest.QuestionOf(all[0]), "", "user", "password")
	var got []string
	for _, next := range []string{"a", "b", "b", "a", "c", "b", "a"} {
		c.Renew(next)
		field := c.Next("/", "auth").Field("GET", "")
		_, nc, _ := strings.Cut(field, "nc=0000000")
		_, nonce, _ := strings.Cut(field, `nonce="`)
		got = append(got, nonce[:1]+nc[:1])
	}
	if want := "a1 b1 b2 a2 c1 b3 a3"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	for i := range 100 { // what is remembered is bounded
		c.Renew(fmt.Sprint(i))
	}
	c.Renew("a")
	if field := c.Next("/", "auth").Field("GET", ""); !strings.Contains(field, "nc=00000001") {
		t.Errorf("got %s", field)
	}
}

// The examples of the standards.
func TestDigestAnswersLikeTheStandards(t *testing.T) {
	const (
		mufasa = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%s, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
		doe    = `Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true`
		old    = `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`
	)
	for _, test := range []struct {
		name, challenge, user, password, uri, qop, cnonce string
		want                                              []string
	}{
		// https://www.rfc-editor.org/rfc/rfc7616#section-3.9.1
		{"md5", fmt.Sprintf(mufasa, "MD5"), "Mufasa", "Circle of Life", "/dir/index.html", "auth", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			[]string{`username="Mufasa"`, `realm="http-auth@example.org"`, `uri="/dir/index.html"`, `algorithm=MD5`, `nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"`,
				`nc=00000001`, `cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"`, `qop=auth`, `response="8ca523f5e9506fed4657c9700eebdbec"`, `opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`}},
		{"sha-256", fmt.Sprintf(mufasa, "SHA-256"), "Mufasa", "Circle of Life", "/dir/index.html", "auth", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			[]string{`algorithm=SHA-256`, `response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`}},
		// The values of section 3.9.2 are those of SHA-512 cut short; these are of
		// SHA-512/256, from its erratum 4897.
		// https://www.rfc-editor.org/errata/eid4897
		{"sha-512-256", doe, "Jäsøn Doe", "Secret, or not?", "/doe.json", "auth", "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
			[]string{`username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"`, `userhash=true`, `response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"`}},
		// https://www.rfc-editor.org/rfc/rfc2617#section-3.5
		{"rfc-2617", old + `, qop="auth,auth-int"`, "Mufasa", "Circle Of Life", "/dir/index.html", "auth", "0a4f113b",
			[]string{`response="6629fae49393a05397450978507c4ef1"`, `opaque="5ccc069c403ebaf9f0171e9517f40e41"`}},
		// RFC 2069, section 2.4, as corrected by its erratum 749.
		// https://www.rfc-editor.org/errata/eid749
		{"rfc-2069", old, "Mufasa", "CircleOfLife", "/dir/index.html", "", "", []string{`response="1949323746fe6a43ef61f9606e7febea"`}},
		{"no-userhash", strings.Replace(doe, ", userhash=true", "", 1), "Jäsøn Doe", "", "/", "auth", "c", []string{`username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`}},
		{"no-charset", strings.Replace(doe, ", charset=UTF-8, userhash=true", "", 1), "Jäsøn", "", "/", "auth", "c", []string{`username="Jäsøn"`}},
		{"escaped", `Digest realm="a\"b\\c", nonce="n\"", qop=auth`, `u"\`, "", "/", "auth", "c", []string{`username="u\"\\"`, `realm="a\"b\\c"`, `nonce="n\""`,
			// MD5 of the unquoted: u"\:a"b\c: and so on.
			`response="` + expect("MD5", `u"\`, `a"b\c`, "", `n"`, "00000001", "c", "auth", "GET", "/", "") + `"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := digest.Field(test.challenge, test.user, test.password, "GET", test.uri, test.qop, test.cnonce, nil)
			for _, part := range test.want {
				if !strings.Contains(got+",", " "+part+",") {
					t.Errorf("got %s\nwithout %s", got, part)
				}
			}
		})
	}
}

// hashOf is the test's own way to hash.
func hashOf(algorithm, text string) string {
	var sum []byte
	switch strings.TrimSuffix(algorithm, "-sess") {
	case "MD5":
		s := md5.Sum([]byte(text))
		sum = s[:]
	case "SHA-256":
		s := sha256.Sum256([]byte(text))
		sum = s[:]
	case "SHA-512-256":
		s := sha512.Sum512_256([]byte(text))
		sum = s[:]
	}
	return hex.EncodeToString(sum)
}

// expect gives the response that a client must send.
func expect(algorithm, user, realm, password, nonce, nc, cnonce, qop, method, uri, body string) string {
	a1 := hashOf(algorithm, user+":"+realm+":"+password)
	if strings.HasSuffix(algorithm, "-sess") {
		a1 = hashOf(algorithm, a1+":"+nonce+":"+cnonce)
	}
	a2 := method + ":" + uri
	if qop == "auth-int" {
		a2 += ":" + hashOf(algorithm, body)
	}
	if qop == "" {
		return hashOf(algorithm, a1+":"+nonce+":"+hashOf(algorithm, a2))
	}
	return hashOf(algorithm, a1+":"+nonce+":"+nc+":"+cnonce+":"+qop+":"+hashOf(algorithm, a2))
}
