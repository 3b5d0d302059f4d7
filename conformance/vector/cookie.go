package vector

// Cookie is a sequence of answers that set cookies, and the Cookie field that
// must follow. Text stands for octets: see [Octets].
type Cookie struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Source   string `json:"source"`
	Level    string `json:"level"`
	RFC      string `json:"rfc"`
	Why      string `json:"why"`

	Steps      []CookieStep `json:"steps"`
	RequestURL string       `json:"request_url"`
	Mode       string       `json:"mode"` // "jar": it cannot be sent over a connection

	Expect    string   `json:"expect_cookie"`
	ExpectAny []string `json:"expect_any"` // as good: what RFC 6265 said
}

// CookieStep is one answer that sets cookies.
type CookieStep struct {
	URL       string   `json:"url"`
	SetCookie []string `json:"set_cookie"`
	Status    int      `json:"status"` // zero: 200
}

// LoadCookies reads a file of cookie cases.
func LoadCookies(path string) ([]*Cookie, error) { return load[*Cookie](path) }

// Accepts tells whether a Cookie field, in octets, is a right answer.
func (c *Cookie) Accepts(field string) bool {
	if field == Octets(c.Expect) {
		return true
	}
	for _, other := range c.ExpectAny {
		if field == Octets(other) {
			return true
		}
	}
	return false
}

// Lines gives the Set-Cookie values of a step, in octets.
func (s CookieStep) Lines() []string {
	lines := make([]string, len(s.SetCookie))
	for i, line := range s.SetCookie {
		lines[i] = Octets(line)
	}
	return lines
}
