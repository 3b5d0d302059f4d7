package connector_test

import (
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

const (
	basicMe     = "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"
	askedDigest = `Digest realm="p", nonce="n1", qop="auth", algorithm=SHA-256`
	established = "HTTP/1.1 200 Connection established\r\n\r\n"
)

// unproved is a proxy's 407 with challenges, on a connection that stays open.
func unproved(challenges ...string) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 407 Proxy Authentication Required\r\n")
	for _, c := range challenges {
		b.WriteString("Proxy-Authenticate: " + c + "\r\n")
	}
	b.WriteString("Content-Length: 11\r\n\r\nwho are you")
	return b.String()
}

// closing is an answer after which the proxy closes the connection.
func closing(answer string) string {
	return strings.Replace(answer, "\r\n", "\r\nConnection: close\r\n", 1)
}

var parameter = regexp.MustCompile(`(\w+\*?)="?([^",\r]*)"?`)

// digestOf gives the parameters of the Digest that a head bears; nil when it bears
// none.
func digestOf(head string) map[string]string {
	_, field, ok := strings.Cut(head, "\r\nProxy-Authorization: Digest ")
	if !ok {
		return nil
	}
	line, _, _ := strings.Cut(field, "\r\n")
	said := map[string]string{}
	for _, m := range parameter.FindAllStringSubmatch(line, -1) {
		said[m[1]] = m[2]
	}
	return said
}

// wantDigest checks that a head bears one proof, a right one.
func wantDigest(t *testing.T, head, method, uri, nonce, nc string) {
	t.Helper()
	said := digestOf(head)
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	if said["algorithm"] != "SHA-256" {
		sum = func(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }
	}
	want := sum(sum("me:p:secret") + ":" + nonce + ":" + nc + ":" + said["cnonce"] + ":auth:" + sum(method+":"+uri))
	if said["response"] != want || said["username"] != "me" || said["uri"] != uri || said["nonce"] != nonce || said["nc"] != nc {
		t.Errorf("got %v of %q, want response %s for %s, nonce %s, nc %s", said, head, want, uri, nonce, nc)
	}
	wantNoBasic(t, head)
	if strings.Count(head, "Proxy-Authorization") != 1 || !strings.HasPrefix(head, method+" "+uri+" ") {
		t.Errorf("got %q", head)
	}
}

// wantNoBasic checks that the password is not in a head.
func wantNoBasic(t *testing.T, head string) {
	t.Helper()
	if strings.Contains(head, "Basic") || strings.Contains(head, "secret") || strings.Contains(head, "bWU6") {
		t.Errorf("the password is sent: %q", head)
	}
}

func TestClientRFC7616Section3_8DigestOfAForwardedRequest(t *testing.T) {
	// "Upon receiving a request that requires authentication, the proxy/server MUST
	// issue the "407 Proxy Authentication Required" response with a
	// "Proxy-Authenticate" header field."
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.8
	for algorithm, challenge := range map[string]string{"SHA-256": askedDigest, "MD5": `Digest realm="p", nonce="n1", qop="auth"`} {
		for _, policy := range []connector.ProxyAuth{connector.ProxyBasicFirst, connector.ProxyWhenAsked, connector.ProxyDigestOnly} {
			for _, closes := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s-%d-closes-%v", algorithm, policy, closes), func(t *testing.T) {
					throughProxy(t, "http", connector.Options{ProxyAuth: policy}, func(e *env) {
						out := e.send(request(t, "GET", "http://origin.test/a?b=c", nil))
						s := e.accept()
						head := s.WantHead()
						if got := strings.Contains(head, basicMe); got != (policy == connector.ProxyBasicFirst) || digestOf(head) != nil {
							t.Errorf("at first it says %q", head)
						}
						if closes {
							s.Write(closing(unproved(challenge)))
							s = e.accept()
						} else {
							s.Write(unproved(challenge))
						}
						wantDigest(t, s.WantHead(), "GET", "http://origin.test/a?b=c", "n1", "00000001")
						s.Write(okHello)
						want(t, <-out, 200, "hello")

						// The next one says it unasked, and counts; for another host too.
						out = e.send(request(t, "GET", "http://origin.test/d", nil))
						wantDigest(t, s.WantHead(), "GET", "http://origin.test/d", "n1", "00000002")
						s.Write(okHello)
						want(t, <-out, 200, "hello")
						out = e.send(request(t, "GET", "http://other.test/", nil))
						s = e.accept()
						wantDigest(t, s.WantHead(), "GET", "http://other.test/", "n1", "00000003")
						s.Write(okHello)
						want(t, <-out, 200, "hello")
					})
				})
			}
		}
	}
}

// proxy-digest: a proxy that asks for Digest is told it.
func TestClientRFC7616Section3_8DigestOfConnect(t *testing.T) {
	for _, policy := range []connector.ProxyAuth{connector.ProxyBasicFirst, connector.ProxyWhenAsked, connector.ProxyDigestOnly} {
		for _, closes := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d-closes-%v", policy, closes), func(t *testing.T) {
				throughProxy(t, "http", connector.Options{ProxyAuth: policy, ProxyTunnel: true}, func(e *env) {
					out := e.send(request(t, "GET", "http://origin.test/", nil))
					s := e.accept()
					head := s.WantHead()
					if got := strings.Contains(head, basicMe); got != (policy == connector.ProxyBasicFirst) || digestOf(head) != nil {
						t.Errorf("at first it says %q", head)
					}
					if closes {
						s.Write(closing(unproved(askedDigest)))
						s.WantEOF()
						s = e.accept()
					} else {
						s.Write(unproved(askedDigest))
					}
					wantDigest(t, s.WantHead(), "CONNECT", "origin.test:80", "n1", "00000001")
					s.Write(established)
					if head := s.WantHead(); !strings.HasPrefix(head, "GET / HTTP/1.1\r\n") || strings.Contains(head, "Proxy-") {
						t.Errorf("the origin got %q", head)
					}
					s.Write(okHello)
					want(t, <-out, 200, "hello")

					out = e.send(request(t, "GET", "http://other.test/", nil))
					s = e.accept()
					wantDigest(t, s.WantHead(), "CONNECT", "other.test:80", "n1", "00000002")
					s.Write(established)
					s.WantHead()
					s.Write(okHello)
					want(t, <-out, 200, "hello")
				})
			})
		}
	}
}

// The refusal of a HEAD has no body, whatever it says.
func TestForwardedHeadIsProved(t *testing.T) {
	throughProxy(t, "http", connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
		out := e.send(request(t, "HEAD", "http://origin.test/", nil))
		s := e.accept()
		s.WantHead()
		s.Write(strings.TrimSuffix(unproved(askedDigest), "who are you"))
		wantDigest(t, s.WantHead(), "HEAD", "http://origin.test/", "n1", "00000001")
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
		want(t, <-out, 200, "")
	})
}

// A refusal that is too long to be read, that has no end of its own, or that does
// not come, is answered on another connection.
func TestProxyRefusalThatIsNotReadIsAnsweredElsewhere(t *testing.T) {
	const field = "HTTP/1.1 407 No\r\nProxy-Authenticate: " + askedDigest + "\r\n"
	for name, refusal := range map[string]string{
		"long":     field + "Content-Length: 1000000\r\n\r\n",
		"endless":  field + "\r\nwho are",
		"chunked":  field + "Transfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n",
		"stalled":  field + "Content-Length: 11\r\n\r\nwho",
		"more":     field + "Content-Length: 3\r\n\r\nwho" + "HTTP/1.1 200 OK\r\n\r\n",
		"http/1.0": strings.Replace(field, "1.1", "1.0", 1) + "Content-Length: 3\r\n\r\nwho",
	} {
		for _, tunnel := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s-tunnel-%v", name, tunnel), func(t *testing.T) {
				throughProxy(t, "http", connector.Options{ProxyAuth: connector.ProxyDigestOnly, ProxyTunnel: tunnel}, func(e *env) {
					out := e.send(request(t, "GET", "http://origin.test/", nil))
					s := e.accept()
					s.WantHead()
					s.Write(refusal)
					again := e.accept()
					s.Close()
					if tunnel {
						wantDigest(t, again.WantHead(), "CONNECT", "origin.test:80", "n1", "00000001")
						again.Write(established)
						again.WantHead()
					} else {
						wantDigest(t, again.WantHead(), "GET", "http://origin.test/", "n1", "00000001")
					}
					again.Write(okHello)
					want(t, <-out, 200, "hello")
				})
			})
		}
	}
}

// forwardAndTunnel runs f for both ways through a proxy. play answers one request to
// the proxy, and gives its head.
func forwardAndTunnel(t *testing.T, policy connector.ProxyAuth, f func(t *testing.T, e *env)) {
	for _, tunnel := range []bool{false, true} {
		t.Run(fmt.Sprintf("tunnel-%v", tunnel), func(t *testing.T) {
			throughProxy(t, "http", connector.Options{ProxyAuth: policy, ProxyTunnel: tunnel}, func(e *env) { f(t, e) })
		})
	}
}

// wantRefused checks the error of a proxy that does not believe the user.
func wantRefused(t *testing.T, err error, parts ...string) {
	t.Helper()
	failed := wantError(t, err, connector.PhaseProxy)
	var refused *connector.ProxyError
	if !errors.As(err, &refused) || refused.Status != 407 || refused.Proxy != "http://example.com:80" || failed.Proxy != refused.Proxy || string(refused.Body) != "who are you" {
		t.Errorf("got %v: %+v", err, refused)
	}
	for _, part := range append(parts, "origin.test:80 via http://example.com:80", "407 Proxy Authentication Required") {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got %v\nwithout %s", err, part)
		}
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, refused), "secret") {
		t.Errorf("the error shows the password: %v", err)
	}
}

// A wrong password is told once, by the scheme that is asked for, and then never
// again unasked.
func TestProxyPasswordThatIsWrongIsToldOnce(t *testing.T) {
	const fresh = `Digest realm="p", nonce="n2", qop="auth", algorithm=SHA-256`
	forwardAndTunnel(t, connector.ProxyBasicFirst, func(t *testing.T, e *env) {
		out := e.send(request(t, "GET", "http://origin.test/", nil))
		s := e.accept()
		s.WantHead()
		s.Write(unproved(askedDigest))
		if head := s.WantHead(); digestOf(head)["nonce"] != "n1" {
			t.Errorf("got %q", head)
		}
		s.Write(unproved(fresh, `Basic realm="p"`))
		wantRefused(t, (<-out).err, "missing or wrong; it asks for Digest, Basic")
		s.WantEOF()

		out = e.send(request(t, "GET", "http://origin.test/", nil))
		s = e.accept()
		if head := s.WantHead(); strings.Contains(head, "Proxy-Authorization") {
			t.Errorf("it is told unasked: %q", head)
		}
		s.Write(unproved(fresh))
		if head := s.WantHead(); digestOf(head)["nonce"] != "n2" {
			t.Errorf("got %q", head)
		}
		s.Write(unproved(fresh))
		wantRefused(t, (<-out).err)
		s.WantEOF()
	})
}

// Basic that was refused is not said again, nor answered by anything else.
func TestProxyThatRefusesBasic(t *testing.T) {
	for _, policy := range []connector.ProxyAuth{connector.ProxyBasicFirst, connector.ProxyWhenAsked} {
		forwardAndTunnel(t, policy, func(t *testing.T, e *env) {
			out := e.send(request(t, "GET", "http://origin.test/", nil))
			s := e.accept()
			if policy == connector.ProxyWhenAsked {
				if head := s.WantHead(); strings.Contains(head, "Proxy-Authorization") {
					t.Errorf("got %q", head)
				}
				s.Write(unproved(`Basic realm="p"`))
			}
			if head := s.WantHead(); !strings.Contains(head, basicMe) {
				t.Errorf("got %q", head)
			}
			s.Write(unproved(`Basic realm="p"`, "Negotiate"))
			wantRefused(t, (<-out).err, "missing or wrong; it asks for Basic, Negotiate")
			s.WantEOF()
		})
	}
}

// What may not be said is not said, whatever the proxy asks for.
func TestProxyPasswordIsNotSentInTheClear(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy connector.ProxyAuth
		asked  []string // challenges, one after the other
		want   string
	}{
		{"digest-only", connector.ProxyDigestOnly, []string{`Basic realm="p"`}, "it asks for Basic, and only Digest is allowed"},
		{"digest-only-unknown", connector.ProxyDigestOnly, []string{"Negotiate"}, "it asks for Negotiate"},
		{"unknown-algorithm", connector.ProxyDigestOnly, []string{`Digest realm="p", nonce="n", algorithm=SHA-1`}, "it asks for Digest"},
		// Somebody between us and the proxy takes the Digest away.
		{"downgrade", connector.ProxyWhenAsked, []string{askedDigest, `Basic realm="p"`}, "it asks for Basic, after it has asked for Digest"},
		{"stronger-first", connector.ProxyWhenAsked, []string{`Basic realm="p", ` + askedDigest, askedDigest + ", stale=true", `Basic realm="p"`}, "after it has asked for Digest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			forwardAndTunnel(t, test.policy, func(t *testing.T, e *env) {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				for _, challenge := range test.asked {
					wantNoBasic(t, s.WantHead())
					s.Write(unproved(challenge))
				}
				wantRefused(t, (<-out).err, test.want)
				s.WantEOF()
			})
		})
	}
	// And once it has asked for Digest, the first word of ProxyBasicFirst is not
	// Basic any more, even where the proof was refused.
	t.Run("basic-first", func(t *testing.T) {
		forwardAndTunnel(t, connector.ProxyBasicFirst, func(t *testing.T, e *env) {
			for n := range 2 {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				head := s.WantHead()
				if n > 0 && strings.Contains(head, "Proxy-Authorization") {
					t.Errorf("got %q", head)
				}
				s.Write(unproved(askedDigest))
				wantNoBasic(t, s.WantHead())
				s.Write(unproved(`Basic realm="p"`))
				wantRefused(t, (<-out).err, "after it has asked for Digest")
				s.WantEOF()
			}
		})
	})
}

func TestProxyChallengeThatIsAnsweredIsTheStrongest(t *testing.T) {
	const (
		md5    = `Digest realm="p", nonce="weak", qop="auth", algorithm=MD5`
		sha    = `Digest realm="p", nonce="n1", qop="auth", algorithm=SHA-256`
		sess   = `Digest realm="p", nonce="x", qop="auth", algorithm=SHA-999`
		noGood = `Digest realm="p", nonce="y", qop="auth-conf", algorithm=SHA-512-256`
	)
	for name, challenges := range map[string][]string{
		"fields": {`Basic realm="p"`, md5, sess, sha, noGood}, "one-field": {md5 + ", " + `Basic realm="p", ` + sha + `, Negotiate`},
	} {
		t.Run(name, func(t *testing.T) {
			forwardAndTunnel(t, connector.ProxyWhenAsked, func(t *testing.T, e *env) {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				method, uri, _ := strings.Cut(s.WantHead(), " ")
				uri, _, _ = strings.Cut(uri, " ")
				s.Write(unproved(challenges...))
				wantDigest(t, s.WantHead(), method, uri, "n1", "00000001")
				s.Write(unproved(`Negotiate`))
				wantRefused(t, (<-out).err)
				s.WantEOF()
			})
		})
	}
}

func TestClientRFC7616Section3_3StaleNonceOfAProxy(t *testing.T) {
	// "If stale is true, the client may wish to simply retry the request with a new
	// encrypted response".
	// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
	forwardAndTunnel(t, connector.ProxyDigestOnly, func(t *testing.T, e *env) {
		challenge := func(n int) string {
			return unproved(fmt.Sprintf(`Digest realm="p", nonce="n%d", qop="auth", algorithm=SHA-256, stale=true`, n))
		}
		out := e.send(request(t, "GET", "http://origin.test/", nil))
		s := e.accept()
		method, uri, _ := strings.Cut(s.WantHead(), " ")
		uri, _, _ = strings.Cut(uri, " ")
		for n := range 3 {
			s.Write(challenge(n + 1))
			wantDigest(t, s.WantHead(), method, uri, fmt.Sprintf("n%d", n+1), "00000001")
		}
		s.Write(challenge(4)) // for ever
		wantRefused(t, (<-out).err)
		s.WantEOF()
	})
}

func TestProxyThatDoesNotKnowThePasswordEither(t *testing.T) {
	const info = "\r\nProxy-Authentication-Info: rspauth=\"%s\", nextnonce=\"n2\"\r\n"
	forwardAndTunnel(t, connector.ProxyDigestOnly, func(t *testing.T, e *env) {
		for _, right := range []bool{true, false} {
			out := e.send(request(t, "GET", "http://origin.test/", nil))
			s := e.accept()
			head := s.WantHead()
			if right {
				s.Write(unproved(askedDigest))
				head = s.WantHead()
			}
			tunnel := strings.HasPrefix(head, "CONNECT")
			said := digestOf(head)
			sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
			proof := sum(sum("me:p:secret") + ":" + said["nonce"] + ":" + said["nc"] + ":" + said["cnonce"] + ":auth:" + sum(":"+said["uri"]))
			if !right {
				if said["nonce"] != "n2" || said["nc"] != "00000001" {
					t.Errorf("the next nonce is not used: %v", said)
				}
				proof = sum("")
			}
			answer := closing(okHello)
			if tunnel {
				answer = established
			}
			s.Write(strings.Replace(answer, "\r\n", fmt.Sprintf(info, proof), 1))
			if !right {
				if err := (<-out).err; !strings.Contains(wantError(t, err, connector.PhaseProxy).Error(), "rspauth") {
					t.Errorf("got %v", err)
				}
				s.WantEOF()
				continue
			}
			if tunnel {
				s.WantHead()
				s.Write(closing(okHello))
			}
			want(t, <-out, 200, "hello")
			s.WantEOF()
		}
	})
}

// A body goes twice where it can, whether or not all of it had been sent.
func TestForwardedBodyIsSentAgainToAProxyThatAsks(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	for _, test := range []struct {
		name  string
		body  func() io.Reader
		size  int
		again bool
	}{
		{"small", func() io.Reader { return strings.NewReader("hello") }, 5, true},
		{"large", func() io.Reader { return strings.NewReader(large) }, len(large), true},
		{"read-once", func() io.Reader { return unread(strings.NewReader("hello")) }, 0, false},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s-whole-%v", test.name, whole), func(t *testing.T) {
				throughProxy(t, "http", connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
					out := e.send(request(t, "POST", "http://origin.test/", test.body()))
					s := e.accept()
					s.WantHead()
					if whole && test.size > 0 {
						s.WantBytes(test.size)
					}
					s.Write(unproved(askedDigest))
					if !test.again {
						wantRefused(t, (<-out).err, "body cannot be sent again")
						s.Close()
						out = e.send(request(t, "POST", "http://origin.test/", test.body()))
						s = e.accept()
						wantDigest(t, s.WantHead(), "POST", "http://origin.test/", "n1", "00000001")
						s.WantRead("5\r\nhello\r\n0\r\n\r\n")
						s.Write(closing(okHello))
						want(t, <-out, 200, "hello")
						return
					}
					// closing-proxy: a POST waits for no connection that may be closed.
					again := e.accept()
					wantDigest(t, again.WantHead(), "POST", "http://origin.test/", "n1", "00000001")
					again.WantBytes(test.size)
					again.Write(closing(okHello))
					want(t, <-out, 200, "hello")
					s.Close()
				})
			})
		}
	}
}

// A body that waits for leave has not been touched, and can be sent though it
// cannot be read twice.
func TestForwardedBodyThatWaitsIsSentAfterTheProof(t *testing.T) {
	throughProxy(t, "http", connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
		req := request(t, "POST", "http://origin.test/", unread(strings.NewReader("hello")))
		req.Header.Set("Expect", "100-continue")
		out := e.send(req)
		s := e.accept()
		s.WantHead()
		s.Write(unproved(askedDigest))
		again := e.accept()
		s.WantEOF()
		wantDigest(t, again.WantHead(), "POST", "http://origin.test/", "n1", "00000001")
		again.Write("HTTP/1.1 100 Continue\r\n\r\n")
		again.WantRead("5\r\nhello\r\n0\r\n\r\n")
		again.Write(closing(okHello))
		want(t, <-out, 200, "hello")
	})
}

// proxy-secrets: an origin that asks as a proxy does is told nothing.
func TestOriginThatAsksLikeAProxyIsToldNothing(t *testing.T) {
	for _, policy := range []connector.ProxyAuth{connector.ProxyBasicFirst, connector.ProxyWhenAsked} {
		throughProxy(t, "http", connector.Options{ProxyAuth: policy, ProxyTunnel: true}, func(e *env) {
			for _, challenge := range []string{askedDigest, `Basic realm="p"`} {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				s.WantHead()
				s.Write(established)
				if head := s.WantHead(); strings.Contains(head, "Proxy-") {
					t.Errorf("the origin got %q", head)
				}
				s.Write(closing(unproved(challenge)))
				want(t, <-out, 407, "who are you")
				s.WantEOF()
			}
		})
	}
	// Nor is one that is reached without a proxy.
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write(unproved(askedDigest))
		want(t, <-out, 407, "who are you")
	})
}

// Requests that are told the same nonce at the same time count it together.
func TestProxyNonceThatIsGivenTwiceIsCountedOnce(t *testing.T) {
	throughProxy(t, "http", connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
		var outs []<-chan answer
		var peers []*testnet.Script
		for range 3 {
			outs = append(outs, e.send(request(t, "GET", "http://origin.test/", nil)))
			s := e.accept()
			s.WantHead()
			peers = append(peers, s)
		}
		for i, s := range peers {
			s.Write(unproved(askedDigest))
			wantDigest(t, s.WantHead(), "GET", "http://origin.test/", "n1", fmt.Sprintf("%08x", i+1))
		}
		for i, s := range peers {
			s.Write(closing(okHello))
			want(t, <-outs[i], 200, "hello")
		}
	})
}

// proxy-pool: each user counts by itself.
func TestProxyUsersCountEachForThemselves(t *testing.T) {
	inBubble(t, connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
		for _, user := range []string{"me", "you"} {
			call := &connector.Call{
				Method: "GET", Host: "origin.test:80", Proxy: by(t, "http://"+user+":secret@example.com"),
				Head: []byte("GET / HTTP/1.1\r\nHost: origin.test\r\n"), Repeatable: true,
			}
			done := make(chan error, 1)
			var reply connector.Reply
			go func() { done <- e.c.Do(e.t.Context(), call, &reply) }()
			s := e.accept()
			if head := s.WantHead(); strings.Contains(head, "Proxy-Authorization") {
				t.Errorf("%s: got %q", user, head)
			}
			s.Write(unproved(askedDigest))
			if said := digestOf(s.WantHead()); said["username"] != user || said["nc"] != "00000001" {
				t.Errorf("got %v", said)
			}
			s.Write(closing(okHello))
			if err := <-done; err != nil {
				t.Error(err)
			}
			reply.Close()
			s.Close()
		}
	})
}

// The end of the context, and of the connector, ends the second round as well.
func TestContextEndsTheSecondRoundWithAProxy(t *testing.T) {
	forwardAndTunnel(t, connector.ProxyDigestOnly, func(t *testing.T, e *env) {
		for _, closes := range []bool{false, true} {
			ctx, cancel := cancelable()
			out := e.send(request(t, "GET", "http://origin.test/", nil).WithContext(ctx))
			s := e.accept()
			s.WantHead()
			answer := unproved(strings.Replace(askedDigest, "qop", "stale=true, qop", 1))
			if closes {
				answer = closing(answer)
			}
			s.Write(answer)
			again := s
			if closes {
				again = e.accept()
			}
			again.WantHead()
			synctest.Wait()
			cancel()
			if err := (<-out).err; !errors.Is(err, errWhim) {
				t.Errorf("got %v", err)
			}
			for _, peer := range []*testnet.Script{s, again} {
				peer.Conn().Close()
			}
		}
	})
}
