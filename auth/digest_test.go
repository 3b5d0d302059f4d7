package auth_test

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

// hashOf is the test's own way to hash.
func hashOf(algorithm, text string) string {
	var sum []byte
	switch strings.TrimSuffix(algorithm, "-sess") {
	case "MD5":
		s := md5.Sum([]byte(text))
		sum = s[:]
	case "SHA":
		s := sha1.Sum([]byte(text))
		sum = s[:]
	case "SHA-512":
		s := sha512.Sum512([]byte(text))
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

// guard is a server that asks for Digest, and takes each nonce count once.
type guard struct {
	algorithm, qop string // of the challenge; qop "" for RFC 2069
	more           string // further parameters of it
	uses           int    // how often a nonce may be used; 0 means for ever
	info           func(said map[string]string) string
	fixedNonce     bool
	silent         bool // "stale" is never said
	strict         bool // counts have to come in their order

	mu       sync.Mutex
	nonces   int
	used     map[string]int
	counts   map[string]bool
	last     map[string]string // the highest count of each nonce
	accepted []string          // "qop nc"
	refused  int
}

func (g *guard) challenge(w http.ResponseWriter, stale bool) {
	if !g.fixedNonce || g.nonces == 0 {
		g.nonces++
	}
	text := fmt.Sprintf(`Digest realm="r", nonce="n%d", algorithm=%s`, g.nonces, g.algorithm)
	if g.qop != "" {
		text += `, qop="` + g.qop + `"`
	}
	if stale && !g.silent {
		text += ", stale=true"
	}
	g.refused++
	refuse(w, text+g.more)
}

func (g *guard) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.used == nil {
		g.used, g.counts, g.last = map[string]int{}, map[string]bool{}, map[string]string{}
	}
	all, _ := auth.ParseChallenges(r.Header.Get("Authorization"))
	if len(all) == 0 {
		g.challenge(w, false)
		return
	}
	p := all[0].Params
	want := expect(g.algorithm, "user", "r", "hunter2", p["nonce"], p["nc"], p["cnonce"], p["qop"], r.Method, r.RequestURI, string(body))
	again := p["nc"] != "" && (g.counts[p["nonce"]+p["nc"]] || g.strict && p["nc"] <= g.last[p["nonce"]])
	switch {
	case p["response"] != want || p["uri"] != r.RequestURI || p["username"] != "user":
		g.challenge(w, false)
		return
	case again || g.uses > 0 && g.used[p["nonce"]] == g.uses:
		g.challenge(w, true)
		return
	}
	g.counts[p["nonce"]+p["nc"]] = true
	g.last[p["nonce"]] = p["nc"]
	g.used[p["nonce"]]++
	g.accepted = append(g.accepted, strings.TrimSpace(p["qop"]+" "+p["nc"]))
	if g.info != nil {
		w.Header().Set("Authentication-Info", g.info(p))
	}
	fmt.Fprint(w, "welcome")
}

func TestDigestAgainstAServer(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA", "SHA-256", "SHA-512", "SHA-512-256", "MD5-sess", "SHA-sess", "SHA-256-sess", "SHA-512-sess", "SHA-512-256-sess"} {
		for _, test := range []struct {
			name, qop string
			req       aiohttp.Request
			want      string // qop
		}{
			{"auth", "auth", aiohttp.Request{Text: "body"}, "auth"},
			{"auth-int", "auth,auth-int", aiohttp.Request{Text: "body"}, "auth-int"},
			{"auth-int-without-body", "auth-int", aiohttp.Request{}, "auth-int"},
			{"stream", "auth-int, auth", aiohttp.Request{Body: strings.NewReader(strings.Repeat("x", 100_000))}, "auth"},
		} {
			t.Run(algorithm+"/"+test.name, func(t *testing.T) {
				g := &guard{algorithm: algorithm, qop: test.qop}
				s, st := session(t, g.serve, auth.Digest("user", "hunter2"))
				for i := range 2 {
					if test.req.Body != nil {
						test.req.Body = strings.NewReader(strings.Repeat("x", 100_000))
					}
					resp, err := s.Post(t.Context(), fmt.Sprintf("http://a.test/x?n=%d&q=a%%20b", i), test.req)
					if got := status(t, resp, err); got != 200 {
						t.Errorf("status %d", got)
					}
				}
				if want := []string{test.want + " 00000001", test.want + " 00000002"}; !slices.Equal(g.accepted, want) || len(st.log) != 3 {
					t.Errorf("accepted %q of %d", g.accepted, len(st.log))
				}
			})
		}
	}
}

func TestDigestOfRFC2069(t *testing.T) {
	g := &guard{algorithm: "MD5"}
	s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
	resp, err := s.Get(t.Context(), "http://a.test/")
	if got := status(t, resp, err); got != 200 || !slices.Equal(g.accepted, []string{""}) {
		t.Errorf("status %d, accepted %q", got, g.accepted)
	}
}

// A server of somebody else's.
func TestDigestAgainstHTTPBin(t *testing.T) {
	bin, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer bin.Close()
	s := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{auth.Digest("user", "hunter2")}})
	defer s.Close()
	for _, path := range []string{"/digest-auth/auth/user/hunter2/MD5", "/digest-auth/auth/user/hunter2/SHA-256"} {
		resp, err := s.Get(t.Context(), bin.URL()+path)
		if got := status(t, resp, err); got != 200 {
			t.Errorf("%s: status %d", path, got)
		}
	}
}

// An answer that is out of date is given anew, with the new nonce.
func TestDigestRenewsAStaleNonce(t *testing.T) {
	for _, silent := range []bool{false, true} { // some servers do not say that it is
		g := &guard{algorithm: "SHA-256", qop: "auth", uses: 2, silent: silent}
		s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
		for range 5 {
			resp, err := s.Put(t.Context(), "http://a.test/", aiohttp.Request{Text: "x"})
			if got := status(t, resp, err); got != 200 {
				t.Errorf("status %d", got)
			}
		}
		if g.refused != 3 || len(g.accepted) != 5 {
			t.Errorf("refused %d, accepted %q", g.refused, g.accepted)
		}
	}
}

// A wrong password is sent once, not again and again.
func TestDigestGivesUp(t *testing.T) {
	g := &guard{algorithm: "MD5", qop: "auth"}
	s, st := session(t, g.serve, auth.Digest("user", "wrong"))
	for n := range 2 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		text, err := resp.Text()
		if resp.Status != 401 || text != "who are you?" || err != nil || len(st.log) != 2*(n+1) {
			t.Errorf("%d %q %v after %d requests", resp.Status, text, err, len(st.log))
		}
		if strings.Contains(st.log[2*n], "Digest") {
			t.Errorf("the refused answer was sent along: %q", st.log)
		}
	}
}

// A server that says stale each time does not keep a request for ever.
func TestDigestDoesNotAnswerForEver(t *testing.T) {
	n := 0
	s, st := session(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		refuse(w, fmt.Sprintf(`Digest realm="r", nonce="n%d", qop=auth, stale=true`, n))
	}, auth.Digest("user", "hunter2"))
	resp, err := s.Get(t.Context(), "http://a.test/")
	if got := status(t, resp, err); got != 401 || len(st.log) != 4 {
		t.Errorf("status %d after %d requests", got, len(st.log))
	}
}

func TestDigestOfABodyThatCannotBeReadTwice(t *testing.T) {
	g := &guard{algorithm: "MD5", qop: "auth"}
	s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
	stream := func() aiohttp.Request { return aiohttp.Request{Body: io.MultiReader(strings.NewReader("x"))} }
	resp, err := s.Post(t.Context(), "http://a.test/", stream())
	if got := status(t, resp, err); got != 401 || g.refused != 1 {
		t.Errorf("status %d after %d challenges", got, g.refused)
	}
	resp, err = s.Post(t.Context(), "http://a.test/", stream()) // now the answer is known
	if got := status(t, resp, err); got != 200 {
		t.Errorf("status %d", got)
	}
}

// aio-libs/aiohttp#13054: a backslash, as in the users of Windows domains, is escaped
// where it is quoted, and hashed as it is.
func TestDigestEscapesBackslashes(t *testing.T) {
	const user, realm = `CORP\guido`, `a\b "c"`
	var said string
	s, _ := session(t, func(w http.ResponseWriter, r *http.Request) {
		if said = r.Header.Get("Authorization"); said == "" {
			refuse(w, `Digest realm="a\\b \"c\"", nonce="n", qop="auth"`)
		}
	}, auth.Digest(user, "hunter2"))
	resp, err := s.Get(t.Context(), "http://a.test/")
	if got := status(t, resp, err); got != 200 {
		t.Fatalf("status %d", got)
	}
	for _, part := range []string{`username="CORP\\guido"`, `realm="a\\b \"c\""`} {
		if !strings.Contains(said, part) {
			t.Errorf("got %s\nwithout %s", said, part)
		}
	}
	all, err := auth.ParseChallenges(said)
	if err != nil || len(all) != 1 {
		t.Fatalf("%s: %v", said, err)
	}
	p := all[0].Params
	if want := expect("MD5", user, realm, "hunter2", "n", p["nc"], p["cnonce"], "auth", "GET", "/", ""); p["username"] != user || p["response"] != want {
		t.Errorf("got %s, want the response %s", said, want)
	}
}

// Which challenge is answered.
func TestDigestChoosesAChallenge(t *testing.T) {
	const (
		md5    = `Digest realm="r", nonce="n", qop=auth`
		sha256 = `Digest realm="r", nonce="n", qop=auth, algorithm=sha-256`
		sha512 = `Digest realm="r", nonce="n", qop=auth, algorithm=SHA-512-256-SESS`
	)
	for _, test := range []struct {
		name string
		opts auth.DigestOptions
		all  []string
		want string // in the answer; "" for none
	}{
		{"strongest", auth.DigestOptions{}, []string{md5, sha512, sha256}, "algorithm=SHA-512-256-SESS"},
		{"strongest-of-no-standard", auth.DigestOptions{}, []string{
			`Digest realm="r", nonce="n", qop=auth, algorithm=SHA`, `Digest realm="r", nonce="n", qop=auth, algorithm=SHA-512`, sha256}, "algorithm=SHA-512,"},
		{"in-one-field", auth.DigestOptions{}, []string{`Basic realm="x", ` + md5 + `, ` + sha256}, "algorithm=sha-256"},
		{"first-of-equals", auth.DigestOptions{}, []string{`Digest realm="first", nonce=n, qop=auth`, md5}, `realm="first"`},
		{"no-md5", auth.DigestOptions{DisableMD5: true}, []string{md5, sha256}, "algorithm=sha-256"},
		{"only-md5", auth.DigestOptions{DisableMD5: true}, []string{md5}, ""},
		{"unknown-algorithm", auth.DigestOptions{}, []string{`Digest realm="r", nonce="n", qop=auth, algorithm=SHA-1`}, ""},
		{"unknown-qop", auth.DigestOptions{}, []string{`Digest realm="r", nonce="n", qop="auth-conf"`}, ""},
		{"no-nonce", auth.DigestOptions{}, []string{`Digest realm="r", qop="auth"`}, ""},
		{"no-realm", auth.DigestOptions{}, []string{`Digest nonce="n", qop="auth"`}, ""},
		{"malformed", auth.DigestOptions{}, []string{`Digest realm="r", nonce="n`, md5}, `realm="r"`},
		{"basic", auth.DigestOptions{}, []string{`Basic realm="r"`}, ""},
		{"none", auth.DigestOptions{}, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, st := session(t, func(w http.ResponseWriter, r *http.Request) { refuse(w, test.all...) }, auth.Digest("user", "hunter2", test.opts))
			resp, err := s.Get(t.Context(), "http://a.test/")
			status(t, resp, err)
			if answered := len(st.log) == 2; answered != (test.want != "") || answered && !strings.Contains(st.log[1], test.want) {
				t.Errorf("sent %q", st.log)
			}
		})
	}
}

// Where an answer is sent along unasked.
func TestDigestPreemptsWithinTheSpace(t *testing.T) {
	for _, test := range []struct {
		name, domain string
		opts         auth.DigestOptions
		url          string
		want         bool
	}{
		{"origin", "", auth.DigestOptions{}, "http://a.test/other", true},
		{"another-origin", "", auth.DigestOptions{}, "http://b.test/", false},
		{"another-port", "", auth.DigestOptions{}, "http://a.test:81/", false},
		{"turned-off", "", auth.DigestOptions{DisablePreemptive: true}, "http://a.test/", false},
		{"domain", "/in /also", auth.DigestOptions{}, "http://a.test/also/x", true},
		{"domain-itself", "/in/", auth.DigestOptions{}, "http://a.test/in", true},
		{"domain-absolute", "http://A.test:80/in", auth.DigestOptions{}, "http://a.test/in/x", true},
		{"outside-the-domain", "/in", auth.DigestOptions{}, "http://a.test/inside", false},
		{"out-by-dots", "/in", auth.DigestOptions{}, "http://a.test/in/../x", false},
		{"domain-elsewhere", "http://b.test/", auth.DigestOptions{}, "http://b.test/", false},
		{"domain-elsewhere-only", "http://b.test/", auth.DigestOptions{}, "http://a.test/", false},
		{"domain-elsewhere-listed", "http://b.test/", auth.DigestOptions{Origins: []string{"http://a.test", "http://b.test"}}, "http://b.test/", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &guard{algorithm: "MD5", qop: "auth", more: `, domain="` + test.domain + `"`}
			s, st := session(t, g.serve, auth.Digest("user", "hunter2", test.opts))
			for _, url := range []string{"http://a.test/in", test.url} {
				resp, err := s.Get(t.Context(), url)
				status(t, resp, err)
			}
			if got := strings.Contains(st.log[2], "Digest"); got != test.want {
				t.Errorf("preempted %v: %q", got, st.log[2:])
			}
		})
	}
}

// Where spaces lie in each other the inner one counts.
func TestDigestPreemptsWithTheNearestSpace(t *testing.T) {
	s, st := session(t, func(w http.ResponseWriter, r *http.Request) {
		place := "/"
		if strings.HasPrefix(r.URL.Path, "/in") {
			place = "/in"
		}
		realm := fmt.Sprintf("realm=%q", place)
		if !strings.Contains(r.Header.Get("Authorization"), realm) {
			refuse(w, `Digest `+realm+`, domain="`+place+`", nonce="n", qop="auth"`)
		}
	}, auth.Digest("user", "hunter2"))
	for _, path := range []string{"/in", "/out", "/in/x", "/out/x"} {
		resp, err := s.Get(t.Context(), "http://a.test"+path)
		status(t, resp, err)
	}
	if len(st.log) != 6 {
		t.Errorf("sent %q", st.log)
	}
}

// CVE-2026-54276: a challenge of an origin that a redirect leads to is not answered.
func TestDigestDoesNotFollowARedirect(t *testing.T) {
	g := &guard{algorithm: "MD5", qop: "auth"}
	s, st := session(t, g.serve, auth.Digest("user", "hunter2"))
	resp, err := s.Get(t.Context(), "http://a.test/?to=http://b.test/")
	if got := status(t, resp, err); got != 401 || len(st.log) != 2 || len(g.accepted) != 0 {
		t.Errorf("status %d, sent %q", got, st.log)
	}
}

func TestDigestUsesTheNextNonce(t *testing.T) {
	n := 0
	g := &guard{algorithm: "MD5", qop: "auth", info: func(map[string]string) string {
		n++
		return fmt.Sprintf(`nextnonce="next%d"`, (n+1)/2)
	}}
	s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
	for range 4 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		status(t, resp, err)
	}
	if want := []string{"auth 00000001", "auth 00000001", "auth 00000002", "auth 00000001"}; !slices.Equal(g.accepted, want) || g.refused != 1 {
		t.Errorf("accepted %q, refused %d", g.accepted, g.refused)
	}
}

// A server that does not know the password is found out.
func TestDigestChecksTheServersProof(t *testing.T) {
	proof := func(p map[string]string) string {
		return expect("SHA-256", "user", "r", "hunter2", p["nonce"], p["nc"], p["cnonce"], p["qop"], "", p["uri"], "")
	}
	for _, test := range []struct {
		name string
		info func(p map[string]string) string
		ok   bool
	}{
		{"right", func(p map[string]string) string { return `qop=auth, rspauth="` + proof(p) + `", nc=` + p["nc"] }, true},
		{"wrong", func(p map[string]string) string { return `rspauth="` + strings.Repeat("0", 64) + `"` }, false},
		{"none", func(p map[string]string) string { return "nc=1" }, true},
		{"malformed", func(p map[string]string) string { return `rspauth="` }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &guard{algorithm: "SHA-256", qop: "auth", info: test.info}
			s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
			resp, err := s.Get(t.Context(), "http://a.test/")
			if test.ok {
				status(t, resp, err)
				return
			}
			wantText(t, err, `digest authentication http://a.test:80: server's proof for the realm "r" is wrong`)
			if _, ok := errors.AsType[*auth.DigestError](err); !ok {
				t.Errorf("error %#v", err)
			}
		})
	}
}

// Many requests at once share a nonce, and count it without a gap or a double.
func TestDigestCountsForManyAtOnce(t *testing.T) {
	g := &guard{algorithm: "SHA-256", qop: "auth", fixedNonce: true}
	s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			resp, err := s.Get(t.Context(), "http://a.test/")
			if got := status(t, resp, err); got != 200 {
				t.Errorf("status %d", got)
			}
		})
	}
	all.Wait()
	slices.Sort(g.accepted)
	if len(g.accepted) != 50 || g.accepted[0] != "auth 00000001" || g.accepted[49] != "auth 00000032" {
		t.Errorf("accepted %q", g.accepted)
	}
}
