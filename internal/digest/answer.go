package digest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Count is a user's side of a question: what both ends know, and how often the
// nonce has been used. It is safe for concurrent use.
type Count struct {
	Question *Question
	Place    string // who has put the question, where there are several

	user string

	mu     sync.Mutex
	key    string // H(A1)
	cnonce string // the one that key is made with, for "-sess"
	nonce  string
	uses   uint32 // of nonce
	past   []used // nonces of before, the latest last
}

// used is how often a nonce was used.
type used struct {
	nonce string
	uses  uint32
}

// mostPast bounds the nonces of before that are remembered: answers that overtake
// each other name few.
const mostPast = 32

// NewCount begins to answer a question.
func NewCount(q *Question, place, user, password string) *Count {
	c := &Count{Question: q, Place: place, user: user, nonce: q.Nonce, cnonce: rand.Text()}
	c.key = q.secret(user, password, c.cnonce)
	return c
}

// Next gives what the next request says, with a nonce count of its own.
//
// "The nc value is the hexadecimal count of the number of requests (including the
// current request) that the client has sent with the nonce value in this request."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
func (c *Count) Next(uri, qop string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uses++
	a := &Answer{
		Nonce: c.nonce, QOP: qop,
		q: c.Question, user: c.user, key: c.key, uri: uri,
		nc: fmt.Sprintf("%08x", c.uses), cnonce: c.cnonce,
	}
	if !c.Question.session {
		a.cnonce = rand.Text()
	}
	return a
}

// Renew goes over to the nonce that the server wants next. One that was in use
// before, as an answer names it that was overtaken, is counted on from where it was:
// no count is used twice.
func (c *Count) Renew(nonce string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if nonce == c.nonce {
		return
	}
	next := used{nonce: nonce}
	if i := slices.IndexFunc(c.past, func(u used) bool { return u.nonce == nonce }); i >= 0 {
		next = c.past[i]
		c.past = slices.Delete(c.past, i, i+1)
	}
	if len(c.past) == mostPast {
		c.past = slices.Delete(c.past, 0, 1)
	}
	c.past = append(c.past, used{c.nonce, c.uses})
	c.nonce, c.uses = next.nonce, next.uses
}

// Answer is what a client says to a question.
type Answer struct {
	Nonce string // the question's, or a later one
	QOP   string // "" for RFC 2069

	q      *Question
	user   string
	key    string // H(A1)
	uri    string
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
func (q *Question) secret(user, password, cnonce string) string {
	key := q.Algorithm.sum(user, q.Realm, password)
	if q.session {
		key = q.Algorithm.sum(key, q.Nonce, cnonce)
	}
	return key
}

// response gives the proof: of the client with the request's method, of the server
// with an empty one. body is the hash of the body, in hexadecimal.
//
//	A2 = Method ":" request-uri
//	A2 = Method ":" request-uri ":" H(entity-body)
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.3
func (a *Answer) response(method, body string) string {
	alg := a.q.Algorithm
	a2 := []string{method, a.uri}
	if a.QOP == "auth-int" {
		a2 = append(a2, body)
	}
	if a.QOP == "" {
		return alg.sum(a.key, a.Nonce, alg.sum(a2...))
	}
	return alg.sum(a.key, a.Nonce, a.nc, a.cnonce, a.QOP, alg.sum(a2...))
}

// Proves reports whether the server knows the password as well: whether its
// rspauth is right. That of auth-int covers the response's body, and is not
// looked at.
//
// "The "response-digest" value is calculated as for the "response" parameter in the
// Authorization header field, except that if qop=auth or qop is not specified in
// the Authorization header field for the request, A2 is A2 = ":" request-uri".
// https://www.rfc-editor.org/rfc/rfc7616#section-3.5
func (a *Answer) Proves(rspauth string) bool {
	return a.QOP != "auth" || subtle.ConstantTimeCompare([]byte(rspauth), []byte(a.response("", ""))) == 1
}

// HashOf gives the hash of a body in memory, for Field.
func (a *Answer) HashOf(body []byte) string {
	h := a.q.Algorithm.New()
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Field gives the value of the Authorization or Proxy-Authorization field. body is
// the hash of the body in hexadecimal; it is not looked at but for auth-int.
//
// "For historical reasons, a sender MUST only generate the quoted string syntax for
// the following parameters: username, realm, nonce, uri, response, cnonce, and
// opaque. For historical reasons, a sender MUST NOT generate the quoted string
// syntax for the following parameters: algorithm, qop, and nc."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
func (a *Answer) Field(method, body string) string {
	q := a.q
	var b strings.Builder
	b.WriteString("Digest ")
	switch {
	case q.userhash:
		b.WriteString("username=" + Quote(q.Algorithm.sum(a.user, q.Realm)))
	case q.utf8 && !ascii(a.user):
		// "If the userhash parameter value is set "false" and the username contains
		// characters not allowed inside the ABNF quoted-string production, the user's
		// name can be sent with this parameter"
		// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
		b.WriteString("username*=UTF-8''" + percent(a.user))
	default:
		b.WriteString("username=" + Quote(a.user))
	}
	fmt.Fprintf(&b, `, realm=%s, nonce=%s, uri=%s, response="%s"`, Quote(q.Realm), Quote(a.Nonce), Quote(a.uri), a.response(method, body))
	if q.spelled != "" {
		b.WriteString(", algorithm=" + q.spelled)
	}
	if q.hasOpaque {
		b.WriteString(", opaque=" + Quote(q.opaque))
	}
	if a.QOP != "" {
		fmt.Fprintf(&b, `, qop=%s, nc=%s, cnonce=%s`, a.QOP, a.nc, Quote(a.cnonce))
	} else if q.session {
		b.WriteString(", cnonce=" + Quote(a.cnonce))
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
