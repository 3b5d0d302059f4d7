package auth

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/digest"
	"github.com/aiohttp-go/aiohttp/internal/options"
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
// SHA-512, SHA-256, SHA, MD5; SHA and SHA-512 stand in no standard), and of the two
// qualities of protection it takes "auth-int", which protects the body as well,
// where that lies in memory, else "auth". A server that
// insists on "auth-int" gets a body that can be read again hashed before it is sent,
// so that it is read twice.
//
// A challenge is answered with a second request. After that, requests to the same
// protection space, which is the origin or what the server's "domain" names of
// it, bring the answer along. A body that cannot be read twice is not sent again:
// the 401 is returned then, as it is when the answer was not accepted.
//
// Middleware that changes URL, method or body stands in front of it, or the
// answer is wrong.
func Digest(user, password string, opts ...DigestOptions) aiohttp.Middleware {
	d := &digester{DigestOptions: options.One("auth: Digest", opts), user: user, password: password}
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

type digester struct {
	DigestOptions
	user, password string
	scope          *scope
	spaces         spaces
	trials         digest.Trials
}

// mostAnswers is how often one request is answered for: with what is known, with
// the nonce of a challenge, which no other request uses before it was taken, and
// once more for a server that gives the same nonce to all.
const mostAnswers = 3

// do sends a request, with an answer where one is known or asked for.
func (d *digester) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
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
	trial := false // sp is of this request alone, so far
	sums := bodySums{}
	for answers := 0; ; {
		own, said := copyOf(req), (*digest.Answer)(nil)
		if sp != nil {
			if said, err = d.answer(sp, req, own, uri, sums); err != nil {
				d.trials.End(sp.Count)
				return nil, err
			}
			if said != nil {
				answers++
			}
		}
		resp, err := next(ctx, own)
		if trial {
			d.trials.End(sp.Count)
		}
		if err != nil {
			return nil, err
		}
		if resp.Status != http.StatusUnauthorized {
			if trial {
				d.spaces.add(sp)
			}
			return d.accept(resp, sp, said, origin)
		}
		q := d.choose(challenges(resp), req)
		refused := said != nil && q != nil && !q.Stale && !(known && q.Nonce != said.Nonce)
		if refused {
			d.spaces.remove(sp) // not to be refused again and again
		}
		if q == nil || refused || answers == mostAnswers {
			return resp, nil
		}
		known = false
		sp, trial = d.learn(q, origin, u)
		if !req.Resendable() {
			d.spaces.add(sp) // for the next one
			d.trials.End(sp.Count)
			return resp, nil
		}
		resp.Close()
	}
}

// learn gives the space of a challenge. trial is whether no other request knows it.
func (d *digester) learn(q *digest.Question, origin string, u *url.URL) (sp *space, trial bool) {
	named := func(other string) bool { return d.scope.origins[other] }
	sp = newSpace(q, origin, u, d.user, d.password, named)
	if known := d.spaces.like(sp); known != nil {
		return known, false
	}
	sp.Count = d.trials.Begin(sp.Count)
	return sp, true
}

// choose gives the challenge that is answered; nil when there is none that can be.
func (d *digester) choose(all []digest.Challenge, req *aiohttp.Request) *digest.Question {
	return digest.Choose(all, func(q *digest.Question) bool {
		_, ok := q.Quality(protection(req))
		return ok && !(d.DisableMD5 && q.Algorithm.Name == "MD5")
	})
}

// protection tells what can be had of a request's body.
func protection(req *aiohttp.Request) digest.Protection {
	switch {
	case req.Body == nil:
		return digest.Hashed
	case req.Resendable():
		return digest.OnDemand
	}
	return digest.Unhashed
}

// answer sets what to say for a request in a space; nil when nothing can be said.
func (d *digester) answer(sp *space, req, own *aiohttp.Request, uri string, sums bodySums) (*digest.Answer, error) {
	qop, ok := sp.Question.Quality(protection(req))
	if !ok {
		return nil, nil
	}
	said, sum := sp.Next(uri, qop), ""
	if qop == "auth-int" {
		var err error
		if sum, err = sums.of(req, said, sp.Question.Algorithm); err != nil {
			return nil, fmt.Errorf("auth: hashing the body for %q: %w", qop, err)
		}
	}
	authorize(own, said.Field(req.Method, sum))
	return said, nil
}

// bodySums are the hashes of one request's body that were needed, by the name of
// their algorithm: a streamed body is read anew for each.
type bodySums map[string]string

func (b bodySums) of(req *aiohttp.Request, said *digest.Answer, by *digest.Algorithm) (string, error) {
	if req.Body == nil {
		return said.HashOf(req.Bytes), nil
	}
	if sum := b[by.Name]; sum != "" {
		return sum, nil
	}
	h := by.New()
	if _, err := io.Copy(h, req.Body); err != nil {
		return "", err
	}
	b[by.Name] = hex.EncodeToString(h.Sum(nil))
	return b[by.Name], nil
}

// accept looks at what the server says about the answer that it has taken.
//
// "The Authentication-Info header field and the Proxy-Authentication-Info header
// field [RFC7615] are generic fields that MAY be used by a server to communicate
// some information regarding the successful authentication of a client response."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.5
func (d *digester) accept(resp *aiohttp.Response, sp *space, said *digest.Answer, origin string) (*aiohttp.Response, error) {
	if said == nil {
		return resp, nil
	}
	info := digest.ParseInfo(resp.Header("Authentication-Info"))
	if proof := info["rspauth"]; proof != "" && !said.Proves(proof) {
		resp.Close()
		return nil, &DigestError{origin, sp.Question.Realm}
	}
	if nonce := info["nextnonce"]; nonce != "" {
		sp.Renew(nonce)
	}
	return resp, nil
}
