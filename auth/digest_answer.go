package auth

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// algorithm is a way to hash.
type algorithm struct {
	name     string // in upper case, without "-SESS"
	strength int
	new      func() hash.Hash
}

// algorithms are those of RFC 7616, section 6.1, and two that no standard names,
// but that aiohttp knows and servers may have come to use: SHA-1 by the name of
// "SHA", and SHA-512 in full length. The standard's own SHA-512-256 goes first.
// https://www.rfc-editor.org/rfc/rfc7616#section-6.1
var algorithms = [...]algorithm{
	{"MD5", 1, md5.New},
	{"SHA", 2, sha1.New},
	{"SHA-256", 3, sha256.New},
	{"SHA-512", 4, sha512.New},
	{"SHA-512-256", 5, sha512.New512_256},
}

// sum gives the hash of parts joined by colons, in hexadecimal.
func (a *algorithm) sum(parts ...string) string {
	h := a.new()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

// question is a server's Digest challenge.
type question struct {
	algorithm *algorithm
	session   bool   // the algorithm ends in "-sess"
	spelled   string // the algorithm as the server writes it; "" when it does not
	realm     string
	nonce     string
	opaque    string
	hasOpaque bool
	auth      bool // qop "auth" is offered
	authInt   bool // qop "auth-int" is offered
	legacy    bool // no qop is: RFC 2069
	userhash  bool
	utf8      bool // the server has said that it takes UTF-8
	stale     bool
	domain    []string
}

// questionOf understands a challenge; nil when it is not one of Digest, or not
// one that can be answered.
func questionOf(c Challenge) *question {
	if c.Scheme != "digest" {
		return nil
	}
	q := &question{
		spelled: c.Params["algorithm"], realm: c.Params["realm"], nonce: c.Params["nonce"],
		userhash: strings.EqualFold(c.Params["userhash"], "true"),
		utf8:     strings.EqualFold(c.Params["charset"], "UTF-8"),
		stale:    strings.EqualFold(c.Params["stale"], "true"),
		domain:   strings.Fields(c.Params["domain"]),
	}
	q.opaque, q.hasOpaque = c.Params["opaque"]
	if _, ok := c.Params["realm"]; !ok || q.nonce == "" {
		return nil
	}
	name := strings.ToUpper(q.spelled)
	if name == "" {
		// "If this is not present, it is assumed to be "MD5"."
		// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
		name = "MD5"
	}
	name, q.session = strings.CutSuffix(name, "-SESS")
	for i := range algorithms {
		if algorithms[i].name == name {
			q.algorithm = &algorithms[i]
		}
	}
	qop, given := c.Params["qop"]
	q.legacy = !given
	for _, option := range strings.FieldsFunc(qop, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		q.auth = q.auth || strings.EqualFold(option, "auth")
		q.authInt = q.authInt || strings.EqualFold(option, "auth-int")
	}
	if q.algorithm == nil || !q.legacy && !q.auth && !q.authInt {
		return nil
	}
	return q
}

// answer is what a client says to a question.
type answer struct {
	q      *question
	user   string
	key    string // H(A1)
	nonce  string // the question's, or a later one
	uri    string
	qop    string // "" for RFC 2069
	nc     string
	cnonce string
}

// secret gives H(A1): what client and server both know. For "-sess" it is that of
// the nonces with which the session began.
//
//	A1 = unq(username) ":" unq(realm) ":" passwd
//	A1 = H( unq(username) ":" unq(realm) ":" passwd ) ":" unq(nonce-prime) ":" unq(cnonce-prime)
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.2
func (q *question) secret(user, password, cnonce string) string {
	key := q.algorithm.sum(user, q.realm, password)
	if q.session {
		key = q.algorithm.sum(key, q.nonce, cnonce)
	}
	return key
}

// response gives the proof: of the client with the request's method, of the server
// with an empty one.
//
//	A2 = Method ":" request-uri
//	A2 = Method ":" request-uri ":" H(entity-body)
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.3
func (a *answer) response(method string, body []byte) string {
	alg := a.q.algorithm
	a2 := []string{method, a.uri}
	if a.qop == "auth-int" {
		a2 = append(a2, alg.sum(string(body)))
	}
	if a.qop == "" {
		return alg.sum(a.key, a.nonce, alg.sum(a2...))
	}
	return alg.sum(a.key, a.nonce, a.nc, a.cnonce, a.qop, alg.sum(a2...))
}

// field gives the value of the Authorization field.
//
// "For historical reasons, a sender MUST only generate the quoted string syntax for
// the following parameters: username, realm, nonce, uri, response, cnonce, and
// opaque. For historical reasons, a sender MUST NOT generate the quoted string
// syntax for the following parameters: algorithm, qop, and nc."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
func (a *answer) field(method string, body []byte) string {
	q := a.q
	var b strings.Builder
	b.WriteString("Digest ")
	switch {
	case q.userhash:
		b.WriteString("username=" + quote(q.algorithm.sum(a.user, q.realm)))
	case q.utf8 && !ascii(a.user):
		// "If the userhash parameter value is set "false" and the username contains
		// characters not allowed inside the ABNF quoted-string production, the user's
		// name can be sent with this parameter"
		// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
		b.WriteString("username*=UTF-8''" + percent(a.user))
	default:
		b.WriteString("username=" + quote(a.user))
	}
	fmt.Fprintf(&b, `, realm=%s, nonce=%s, uri=%s, response="%s"`, quote(q.realm), quote(a.nonce), quote(a.uri), a.response(method, body))
	if q.spelled != "" {
		b.WriteString(", algorithm=" + q.spelled)
	}
	if q.hasOpaque {
		b.WriteString(", opaque=" + quote(q.opaque))
	}
	if a.qop != "" {
		fmt.Fprintf(&b, `, qop=%s, nc=%s, cnonce=%s`, a.qop, a.nc, quote(a.cnonce))
	} else if q.session {
		b.WriteString(", cnonce=" + quote(a.cnonce))
	}
	if q.userhash {
		b.WriteString(", userhash=true")
	}
	return b.String()
}

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}

// percent encodes as RFC 8187 does.
// https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1
func percent(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if c := text[i]; isAlphanumeric(c) || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
