package auth_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
)

func TestClientRFC7616Section3_3StaleIsAnsweredOnceWithTheNewNonce(t *testing.T) {
	// "If stale is true, the client may wish to simply retry the request with a new
	// encrypted response".
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
	g := &guard{algorithm: "SHA-256", qop: "auth", uses: 1}
	s, st := session(t, g.serve, auth.Digest("user", "hunter2"))
	for range 2 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		if got := status(t, resp, err); got != 200 {
			t.Errorf("status %d", got)
		}
	}
	// Challenge, answer; the stale answer, and its renewal, which begins to count
	// anew.
	if len(st.log) != 4 || !slices.Equal(g.accepted, []string{"auth 00000001", "auth 00000001"}) {
		t.Errorf("sent %q, accepted %q", st.log, g.accepted)
	}
	if !strings.Contains(st.log[2], `nonce="n1"`) || !strings.Contains(st.log[2], "nc=00000002") || !strings.Contains(st.log[3], `nonce="n2"`) {
		t.Errorf("sent %q", st.log[2:])
	}
}

func TestClientRFC7616Section3_4NonceCountOfManyAtOnce(t *testing.T) {
	// "The nc value is the hexadecimal count of the number of requests (including
	// the current request) that the client has sent with the nonce value in this
	// request."
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
	//
	// A thousand at once, all of them challenged and all of them in the middle of
	// a renewal: every count is used once, and none is left out.
	const many = 1000
	for _, test := range []struct {
		name string
		more string // what the server says about the answer
		uses int    // how often a nonce may be used
	}{
		{"one-nonce", "", 0},
		{"session", "", 0},
		{"next-nonce", `nextnonce="n%d"`, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &guard{algorithm: "SHA-256", qop: "auth", fixedNonce: true, uses: test.uses}
			if test.name == "session" {
				g.algorithm = "SHA-256-sess"
			}
			renewals := 0
			if test.more != "" {
				g.info = func(map[string]string) string { // with the lock of g
					renewals++
					return fmt.Sprintf(test.more, 2+renewals/100)
				}
			}
			s, _ := session(t, g.serve, auth.Digest("user", "hunter2"))
			var all sync.WaitGroup
			for range many {
				all.Go(func() {
					resp, err := s.Get(t.Context(), "http://a.test/")
					if got := status(t, resp, err); got != 200 {
						t.Errorf("status %d", got)
					}
				})
			}
			all.Wait()
			if len(g.accepted) != many || len(g.counts) != many {
				t.Errorf("%d requests were accepted, with %d counts", len(g.accepted), len(g.counts))
			}
			if test.more != "" {
				return
			}
			for n := range many {
				if nc := fmt.Sprintf("n1%08x", n+1); !g.counts[nc] {
					t.Fatalf("%s was not sent", nc)
				}
			}
		})
	}
}

// A server that wants the counts in their order gets them in any, since requests
// overtake each other: what it calls stale is sent again by a nonce of its own.
func TestDigestOfManyAtOnceForAServerThatWantsOrder(t *testing.T) {
	for _, uses := range []int{0, 20} {
		g := &guard{algorithm: "SHA-256", qop: "auth", strict: true, uses: uses}
		s, _ := session(t, func(w http.ResponseWriter, r *http.Request) {
			for range rand.IntN(100) {
				runtime.Gosched()
			}
			g.serve(w, r)
		}, auth.Digest("user", "hunter2"))
		resp, err := s.Get(t.Context(), "http://a.test/")
		status(t, resp, err) // now there is a nonce that all of them use
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				for range 50 {
					resp, err := s.Get(t.Context(), "http://a.test/")
					if got := status(t, resp, err); got != 200 {
						t.Errorf("status %d", got)
					}
				}
			})
		}
		all.Wait()
		if len(g.accepted) != 1001 {
			t.Errorf("accepted %d", len(g.accepted))

		}
	}
}

func TestClientRFC7616Section3_4_4UserHash(t *testing.T) {
	// "username = H( unq(username) ":" unq(realm) )"
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.4
	const user, password = "Jäsøn Doe", "hunter2"
	for more, want := range map[string]string{
		`, charset=UTF-8, userhash=true`:  `username="` + hashOf("SHA-256", user+":r") + `"`,
		`, charset=UTF-8, userhash=false`: `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`,
		`, charset=UTF-8`:                 `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`,
	} {
		s, st := session(t, func(w http.ResponseWriter, r *http.Request) {
			all, _ := auth.ParseChallenges(r.Header.Get("Authorization"))
			if len(all) == 0 {
				refuse(w, `Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`+more)
				return
			}
			// Section 4: both are used in the secret as UTF-8, whatever the way in
			// which the name is sent.
			p := all[0].Params
			if p["response"] != expect("SHA-256", user, "r", password, "n", p["nc"], p["cnonce"], "auth", "GET", "/", "") {
				w.WriteHeader(http.StatusForbidden)
			}
		}, auth.Digest(user, password))
		resp, err := s.Get(t.Context(), "http://a.test/")
		if got := status(t, resp, err); got != 200 || len(st.log) != 2 {
			t.Fatalf("%s: status %d, sent %q", more, got, st.log)
		}
		said := st.log[1] + ","
		if !strings.Contains(said, want+",") || strings.Contains(said, ", userhash=true,") != strings.Contains(more, "=true") {
			t.Errorf("%s: sent %q, want %s", more, said, want)
		}
		if strings.Contains(more, "=true") && strings.Contains(said, "Doe") {
			t.Errorf("%s: the name was sent: %q", more, said)
		}
	}
}

func TestClientRFC7616Section3_4_3AuthIntOfAStreamedBody(t *testing.T) {
	// "If the qop value is "auth-int", then A2 is: A2 = Method ":" request-uri ":"
	// H(entity-body)"
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.3
	content := strings.Repeat("0123456789", 10_000)
	path := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, qop string
		req       func() aiohttp.Request
		accepted  []string
	}{
		{"file", "auth-int", func() aiohttp.Request { return aiohttp.Request{File: path} }, []string{"auth-int 00000001", "auth-int 00000002"}},
		{"seekable", "auth-int", func() aiohttp.Request { return aiohttp.Request{Body: strings.NewReader(content)} }, []string{"auth-int 00000001", "auth-int 00000002"}},
		// Nothing is read twice without need.
		{"either", "auth-int,auth", func() aiohttp.Request { return aiohttp.Request{File: path} }, []string{"auth 00000001", "auth 00000002"}},
		{"read-once", "auth-int", func() aiohttp.Request { return aiohttp.Request{Body: io.MultiReader(strings.NewReader(content))} }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &guard{algorithm: "SHA-256", qop: test.qop}
			s, st := session(t, g.serve, auth.Digest("user", "hunter2"))
			for range 2 {
				resp, err := s.Put(t.Context(), "http://a.test/", test.req())
				if got, want := status(t, resp, err), map[bool]int{true: 401, false: 200}[test.accepted == nil]; got != want {
					t.Errorf("status %d, want %d", got, want)
				}
			}
			if !slices.Equal(g.accepted, test.accepted) {
				t.Errorf("accepted %q, want %q of %d", g.accepted, test.accepted, len(st.log))
			}
		})
	}
}

// A body that cannot be read for the hash is an error, and not an answer that is
// wrong.
func TestDigestTellsThatABodyCannotBeHashed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	g := &guard{algorithm: "SHA-256", qop: "auth-int"}
	s, _ := session(t, func(w http.ResponseWriter, r *http.Request) {
		g.serve(w, r)
		os.Remove(path)
	}, auth.Digest("user", "hunter2"))
	_, err := s.Put(t.Context(), "http://a.test/", aiohttp.Request{File: path})
	wantText(t, err, `auth: hashing the body for "auth-int"`)
}

func TestClientRFC7616Section3_5NextNonceBeginsToCountAnew(t *testing.T) {
	// "If the nextnonce field is present, the client SHOULD use it when constructing
	// the Authorization header field for its next request."
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.5
	g := &guard{algorithm: "SHA-256", qop: "auth", info: func(p map[string]string) string {
		return `nextnonce="` + p["nonce"] + `x"`
	}}
	s, st := session(t, g.serve, auth.Digest("user", "hunter2"))
	for range 3 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		status(t, resp, err)
	}
	for i, nonce := range []string{"n1", "n1x", "n1xx"} {
		if said := st.log[1+i]; !strings.Contains(said, `nonce="`+nonce+`"`) || !strings.Contains(said, "nc=00000001") {
			t.Errorf("sent %q, want the nonce %s", said, nonce)
		}
	}
	if g.refused != 1 {
		t.Errorf("refused %d times", g.refused)
	}
}
