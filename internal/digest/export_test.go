package digest

// Field gives the Authorization field that answers a challenge with the nonces of a
// standard's example.
func Field(challenge, user, password, method, uri, qop, cnonce string, body []byte) string {
	all, err := Parse(challenge)
	if err != nil {
		return err.Error()
	}
	q := QuestionOf(all[0])
	if q == nil {
		return "not understood"
	}
	a := NewCount(q, "", user, password).Next(uri, qop)
	a.cnonce, a.key = cnonce, q.secret(user, password, cnonce)
	return a.Field(method, a.HashOf(body))
}
