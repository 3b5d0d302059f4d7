package digest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"
)

// Algorithm is a way to hash.
type Algorithm struct {
	Name     string // in upper case, without "-SESS"
	strength int
	New      func() hash.Hash
}

// algorithms are those of RFC 7616, section 6.1, and two that no standard names,
// but that aiohttp knows and servers may have come to use: SHA-1 by the name of
// "SHA", and SHA-512 in full length. The standard's own SHA-512-256 goes first.
// https://www.rfc-editor.org/rfc/rfc7616#section-6.1
var algorithms = [...]Algorithm{
	{"MD5", 1, md5.New},
	{"SHA", 2, sha1.New},
	{"SHA-256", 3, sha256.New},
	{"SHA-512", 4, sha512.New},
	{"SHA-512-256", 5, sha512.New512_256},
}

// sum gives the hash of parts joined by colons, in hexadecimal.
func (a *Algorithm) sum(parts ...string) string {
	h := a.New()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

// Question is a Digest challenge. It is not changed once it was made.
type Question struct {
	Algorithm *Algorithm
	Realm     string
	Nonce     string
	Stale     bool
	Domain    []string

	session   bool   // the algorithm ends in "-sess"
	spelled   string // the algorithm as the server writes it; "" when it does not
	opaque    string
	hasOpaque bool
	auth      bool // qop "auth" is offered
	authInt   bool // qop "auth-int" is offered
	legacy    bool // no qop is: RFC 2069
	userhash  bool
	utf8      bool // the server has said that it takes UTF-8
}

// QuestionOf understands a challenge; nil when it is not one of Digest, or not
// one that can be answered.
func QuestionOf(c Challenge) *Question {
	if c.Scheme != "digest" {
		return nil
	}
	q := &Question{
		spelled: c.Params["algorithm"], Realm: c.Params["realm"], Nonce: c.Params["nonce"],
		userhash: strings.EqualFold(c.Params["userhash"], "true"),
		utf8:     strings.EqualFold(c.Params["charset"], "UTF-8"),
		Stale:    strings.EqualFold(c.Params["stale"], "true"),
		Domain:   strings.Fields(c.Params["domain"]),
	}
	q.opaque, q.hasOpaque = c.Params["opaque"]
	if _, ok := c.Params["realm"]; !ok || q.Nonce == "" {
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
		if algorithms[i].Name == name {
			q.Algorithm = &algorithms[i]
		}
	}
	qop, given := c.Params["qop"]
	q.legacy = !given
	for _, option := range strings.FieldsFunc(qop, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		q.auth = q.auth || strings.EqualFold(option, "auth")
		q.authInt = q.authInt || strings.EqualFold(option, "auth-int")
	}
	if q.Algorithm == nil || !q.legacy && !q.auth && !q.authInt {
		return nil
	}
	return q
}

// Choose gives the question that is answered: the one of the strongest algorithm
// of those that can be, the first of equals; nil when there is none. takes, if
// not nil, says which can be.
//
// "A user agent MUST choose to use the strongest auth-scheme it understands"
// https://www.rfc-editor.org/rfc/rfc7616#section-5.6
//
// "When the client receives the first challenge, it SHOULD use the first challenge
// it supports, unless a local policy dictates otherwise." Ours is that of the
// schemes: the strongest hash, wherever it stands.
// https://www.rfc-editor.org/rfc/rfc7616#section-3.7
func Choose(all []Challenge, takes func(*Question) bool) *Question {
	var best *Question
	for _, c := range all {
		q := QuestionOf(c)
		if q == nil || takes != nil && !takes(q) {
			continue
		}
		if best == nil || q.Algorithm.strength > best.Algorithm.strength {
			best = q
		}
	}
	return best
}

// Protection is what an answer protects.
type Protection uint8

// The bodies that there are to be protected.
const (
	Unhashed Protection = iota // the body cannot be hashed
	OnDemand                   // it can, at a cost
	Hashed                     // it can at once
)

// Quality gives the quality of protection for a request: "auth-int" where the body
// can be hashed at once, or has to be; "auth"; or "" for RFC 2069. False means
// that the server asks for one that cannot be had.
func (q *Question) Quality(body Protection) (qop string, ok bool) {
	switch {
	case q.legacy:
		return "", true
	case q.authInt && (body == Hashed || body == OnDemand && !q.auth):
		return "auth-int", true
	}
	return "auth", q.auth
}

// Same reports whether two questions count their answers together: a server has
// given the same nonce twice.
func (q *Question) Same(other *Question) bool {
	return q.Nonce == other.Nonce && q.Realm == other.Realm && q.spelled == other.spelled
}
