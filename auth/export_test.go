package auth

import "net/url"

// DigestField gives the Authorization field that answers a challenge with the
// nonces of a standard's example.
func DigestField(challenge, user, password, method, uri, qop, cnonce string, body []byte) string {
	all, err := ParseChallenges(challenge)
	if err != nil {
		return err.Error()
	}
	q := questionOf(all[0])
	if q == nil {
		return "not understood"
	}
	sp := newSpace(q, "", &url.URL{}, user, password, nil)
	a := sp.next(user, uri, qop)
	a.cnonce, a.key = cnonce, q.secret(user, password, cnonce)
	return a.field(method, body)
}

// Quote writes a quoted string.
var Quote = quote
