package connector

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/digest"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// ProxyAuth says by which schemes the user and password in the URL of an HTTP proxy
// are proved to it. Digest is that of RFC 7616, by the strongest algorithm that the
// proxy offers (SHA-512-256, SHA-512, SHA-256, SHA, MD5); its count is kept for all
// requests through the proxy, so that only the first one is asked.
//
// Whatever is chosen, a proxy that has once asked for Digest is never sent Basic
// again, even where it asks for that: who can change its answers could have the
// password so.
type ProxyAuth uint8

const (
	// ProxyBasicFirst sends Basic with the first request already, as most proxies
	// want it, and Digest once the proxy asks for it: by then it has seen the
	// password.
	ProxyBasicFirst ProxyAuth = iota

	// ProxyWhenAsked sends nothing before the proxy asks, and then Digest where it
	// is offered, else Basic. The first request is sent twice.
	ProxyWhenAsked

	// ProxyDigestOnly sends nothing before the proxy asks, and then Digest or
	// nothing: the password never goes over the wire.
	ProxyDigestOnly
)

// mostProofs is how often one request proves its user after it was asked: the nonce
// may end, but who asks for ever is given up.
const mostProofs = 3

// proxyUser is the user of a proxy, and what the proxy has asked of it.
type proxyUser struct {
	user, password string
	policy         ProxyAuth
	basic          []byte // the field's line

	mu      sync.Mutex
	count   *digest.Count // nil while it has taken no Digest, and where that was refused
	digests bool          // it has asked for Digest once
	asked   bool          // it has asked for Basic
	trials  digest.Trials
}

// proof is what a request has told the proxy of its user.
type proof struct {
	times int           // how often it was told that after it had asked
	trial *digest.Count // by which it is to be told; nil for what all know

	basic bool
	count *digest.Count
	said  *digest.Answer // nil where it was not Digest
}

// prove appends the field that proves the user, as far as it is known by what:
// target is what stands in the request line.
//
// RFC 7616, section 3.4: "The uri parameter value is the Effective Request URI",
// which a proxy is told as it is.
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
func (u *proxyUser) prove(dst []byte, p *proof, call *Call, method string, target []byte) []byte {
	u.mu.Lock()
	count, basic := u.count, !u.digests && (u.policy == ProxyBasicFirst || u.asked)
	u.mu.Unlock()
	if p.trial != nil {
		count = p.trial
	}
	p.count, p.said, p.basic = nil, nil, false
	switch {
	case count != nil:
		qop, ok := count.Question.Quality(protects(call))
		if !ok {
			return dst
		}
		p.count, p.said = count, count.Next(string(target), qop)
		sum := ""
		if qop == "auth-int" {
			sum = p.said.HashOf(call.Payload)
		}
		return http1.AppendField(dst, "Proxy-Authorization", p.said.Field(method, sum))
	case basic:
		p.basic = true
		return append(dst, u.basic...)
	}
	return dst
}

// protects tells what Digest can protect of a call. That of CONNECT has no body.
func protects(call *Call) digest.Protection {
	if call.Body != nil {
		return digest.Unhashed
	}
	return digest.Hashed
}

// learn takes the challenges of a proxy that was not content with p, and reports
// whether it can be told more. A note says what the user may not expect.
func (u *proxyUser) learn(p *proof, all []digest.Challenge, call *Call) (again bool, note string) {
	q := digest.Choose(all, func(q *digest.Question) bool {
		_, ok := q.Quality(protects(call))
		return ok
	})
	basic := slices.ContainsFunc(all, func(c digest.Challenge) bool { return c.Scheme == "basic" })
	if p.trial != nil {
		u.trials.End(p.trial)
		p.trial = nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case q != nil && p.said != nil && !q.Stale && (p.times > 0 || q.Nonce == p.said.Nonce):
		// The password is wrong, and not only the nonce: the next request is not to
		// say the same again.
		if u.count == p.count {
			u.count = nil
		}
		return false, ""
	case q != nil:
		u.digests = true
		if u.count == nil || !u.count.Question.Same(q) {
			p.trial = u.trials.Begin(digest.NewCount(q, "", u.user, u.password))
		}
		return true, ""
	case !basic || p.basic:
		return false, ""
	case u.policy == ProxyDigestOnly:
		return false, "; it asks for Basic, and only Digest is allowed"
	case u.digests:
		return false, "; it asks for Basic, after it has asked for Digest"
	}
	u.asked = true
	return true, ""
}

// errProxyProof is a proxy that does not know the password either.
var errProxyProof = errors.New("proxy's proof that it knows the password (rspauth) is wrong")

// heed looks at what a proxy that is content says about the proof.
//
// RFC 7616, section 3.8: "The Proxy-Authentication-Info header field" is to a proxy
// what Authentication-Info is to a server.
// https://www.rfc-editor.org/rfc/rfc7616#section-3.8
func (u *proxyUser) heed(p *proof, fields http1.Fields) error {
	if p.said == nil {
		return nil
	}
	value, _ := fields.Get("proxy-authentication-info")
	info := digest.ParseInfo(string(value))
	if rspauth := info["rspauth"]; rspauth != "" && !p.said.Proves(rspauth) {
		return errProxyProof
	}
	if nonce := info["nextnonce"]; nonce != "" {
		p.count.Renew(nonce)
	}
	u.share(p)
	return nil
}

// share lets all requests count by the trial of one.
func (u *proxyUser) share(p *proof) {
	if p.trial != nil {
		u.mu.Lock()
		u.count = p.trial
		u.mu.Unlock()
		u.trials.End(p.trial)
	}
}

// challenges gives what a proxy asks for.
func challenges(fields http1.Fields) []digest.Challenge {
	var values []string
	for name, value := range fields.All() {
		if http1.EqualFold(name, "proxy-authenticate") {
			values = append(values, string(value))
		}
	}
	return digest.ParseAll(values)
}

// errProxyAsked says that a proxy wants to know the user, or to know better, and
// can be told.
var errProxyAsked = errors.New("proxy asks for credentials")

// proxied looks at the answer to a request that a proxy with a user forwards.
func (x *exchange) proxied() error {
	if x.head.Status != 407 {
		if err := x.via.server.heed(&x.proof, x.head.Fields); err != nil {
			return x.fail(PhaseProxy, err)
		}
		return nil
	}
	s := x.via.server
	again, note := s.learn(&x.proof, challenges(x.head.Fields), x.call)
	if again && x.started && !x.call.rewindable() {
		s.share(&x.proof) // for the next one
		again, note = false, "; the request's body cannot be sent again, but the next request will prove it"
	}
	if !again || x.proof.times == mostProofs {
		refusal := x.c.refusal(x.conn, s, x.call.Host, x.call.Method, &x.head)
		refusal.note = note
		return x.fail(PhaseProxy, refusal)
	}
	x.proof.times++
	x.via.learn(x.conn, &x.head)
	if x.upload.pending() || x.last || x.expect && x.upload == nil || !x.c.drained(x.conn, x.call.Method, &x.head) {
		x.endUpload()
		x.trade()
	} else {
		x.release(true)
	}
	return errProxyAsked
}

// endUpload stops the sending of a body that the proxy has not asked for.
func (x *exchange) endUpload() {
	if x.upload != nil {
		x.upload.cease()
	}
}

// drained reads the rest of a refusal, so that the connection can be used again;
// false means that it cannot.
func (c *Connector) drained(cn *conn, method string, h *http1.ResponseHead) bool {
	kind, length := h.BodyOf(method)
	if h.Close || kind == http1.UntilClose || length > drainBytes {
		return false
	}
	var body http1.Body
	body.Reset(&cn.rd, kind, length, &c.limits)
	cn.wire.begin(&cn.wire.reads, drainTime, "drain")
	defer cn.wire.begin(&cn.wire.reads, -1, "")
	n, err := io.Copy(io.Discard, io.LimitReader(&body, drainBytes+1))
	return err == nil && n <= drainBytes && body.Done() && len(cn.rd.Buffered()) == 0
}
