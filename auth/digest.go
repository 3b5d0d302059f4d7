package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// DigestOptions configure [Digest].
type DigestOptions struct {
	// Origins are those whose challenges are answered, as in [Options].
	Origins []string

	// DisablePreemptive waits for a challenge with each request. By default only
	// the first one does; the others bring the answer along.
	DisablePreemptive bool

	// DisableMD5 answers no challenge of that algorithm, which is broken, but the
	// only one that many servers know.
	DisableMD5 bool
}

// DigestError tells that a server does not know the password either: its proof
// (rspauth) is wrong, so it is not who it says it is.
type DigestError struct {
	Origin string
	Realm  string
}

// Error gives "digest authentication origin: server's proof is wrong".
func (e *DigestError) Error() string {
	return fmt.Sprintf("digest authentication %s: server's proof for the realm %q is wrong", e.Origin, e.Realm)
}

// Digest answers the challenges of HTTP Digest Access Authentication (RFC 7616, and
// servers of RFC 2617 and 2069): the password itself never goes over the wire. Of
// several challenges it answers that of the strongest algorithm (SHA-512-256,
// SHA-512, SHA-256, SHA, MD5; SHA and SHA-512 stand in no standard), and of the two qualities of protection it takes "auth-int", which
// protects the body as well, where that lies in memory, else "auth".
//
// A challenge is answered with a second request. After that, requests to the same
// protection space, which is the origin or what the server's "domain" names of
// it, bring the answer along. A body that cannot be read twice is not sent again:
// the 401 is returned then, as it is when the answer was not accepted.
//
// Middleware that changes URL, method or body stands in front of it, or the
// answer is wrong.
func Digest(user, password string, opts ...DigestOptions) aiohttp.Middleware {
	d := &digest{DigestOptions: first("Digest", opts), user: user, password: password}
	d.scope = newScope(d.Origins)
	if err := checkUser(user, password); err != nil && d.scope.err == nil {
		d.scope.err = err
	}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return d.do(ctx, req, next)
		}
	}
}

type digest struct {
	DigestOptions
	user, password string
	scope          *scope
	spaces         spaces
}

// mostAnswers is how often one request is answered for: with what is known, to the
// challenge that says that it is out of date, and to one that says that another
// request has used up the nonce in between.
const mostAnswers = 3

// do sends a request, with an answer where one is known or asked for.
func (d *digest) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	if d.scope.err != nil {
		return nil, d.scope.err
	}
	u, origin, ok := d.scope.wants(req)
	if !ok {
		return next(ctx, req)
	}
	_, uri, err := connector.Target(u)
	if err != nil {
		return next(ctx, req) // which says it better
	}
	var sp *space
	if !d.DisablePreemptive {
		sp = d.spaces.find(origin, u)
	}
	known := sp != nil
	for answers := 0; ; {
		own, said := copyOf(req), (*answer)(nil)
		if sp != nil {
			if said = d.answer(sp, req, uri); said != nil {
				authorize(own, said.field(req.Method, req.Bytes))
				answers++
			}
		}
		resp, err := next(ctx, own)
		if err != nil {
			return nil, err
		}
		if resp.Status != http.StatusUnauthorized {
			return d.accept(resp, sp, said, origin)
		}
		q := d.choose(Challenges(resp), req)
		refused := said != nil && q != nil && !q.stale && !(known && q.nonce != said.nonce)
		if refused {
			d.spaces.remove(sp) // not to be refused again and again
		}
		if q == nil || refused || answers == mostAnswers {
			return resp, nil
		}
		sp, known = d.learn(q, origin, u), false
		if !req.Resendable() {
			return resp, nil
		}
		resp.Close()
	}
}

// learn remembers a challenge.
func (d *digest) learn(q *question, origin string, u *url.URL) *space {
	named := func(other string) bool { return d.scope.origins[other] }
	return d.spaces.add(newSpace(q, origin, u, d.user, d.password, named))
}

// choose gives the challenge that is answered; nil when there is none that can be.
//
// "A user agent MUST choose to use the strongest auth-scheme it understands"
// https://www.rfc-editor.org/rfc/rfc7616#section-5.6
//
// "When the client receives the first challenge, it SHOULD use the first challenge
// it supports, unless a local policy dictates otherwise." Ours is that of the
// schemes: the strongest hash, wherever it stands.
// https://www.rfc-editor.org/rfc/rfc7616#section-3.7
func (d *digest) choose(all []Challenge, req *aiohttp.Request) *question {
	var best *question
	for _, c := range all {
		q := questionOf(c)
		if q == nil || d.DisableMD5 && q.algorithm.name == "MD5" {
			continue
		}
		if _, ok := q.quality(req); ok && (best == nil || q.algorithm.strength > best.algorithm.strength) {
			best = q
		}
	}
	return best
}

// quality gives the quality of protection for a request. False means that the
// server asks for one that cannot be had: the body would have to be hashed.
func (q *question) quality(req *aiohttp.Request) (qop string, ok bool) {
	switch {
	case q.legacy:
		return "", true
	case q.authInt && req.Body == nil:
		return "auth-int", true
	}
	return "auth", q.auth
}

// answer gives what to say for a request in a space; nil when nothing can be said.
func (d *digest) answer(sp *space, req *aiohttp.Request, uri string) *answer {
	qop, ok := sp.q.quality(req)
	if !ok {
		return nil
	}
	return sp.next(d.user, uri, qop)
}

// accept looks at what the server says about the answer that it has taken.
//
// "The Authentication-Info header field and the Proxy-Authentication-Info header
// field [RFC7615] are generic fields that MAY be used by a server to communicate
// some information regarding the successful authentication of a client response."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.5
func (d *digest) accept(resp *aiohttp.Response, sp *space, said *answer, origin string) (*aiohttp.Response, error) {
	if said == nil {
		return resp, nil
	}
	s := scanner{resp.Header("Authentication-Info")}
	info, ok := s.params()
	if !ok {
		return resp, nil
	}
	if proof := info["rspauth"]; proof != "" && said.qop == "auth" {
		if want := said.response("", nil); subtle.ConstantTimeCompare([]byte(proof), []byte(want)) == 0 {
			resp.Close()
			return nil, &DigestError{origin, said.q.realm}
		}
	}
	if nonce := info["nextnonce"]; nonce != "" {
		sp.renew(nonce)
	}
	return resp, nil
}
