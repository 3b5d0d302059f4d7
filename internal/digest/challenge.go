package digest

import (
	"errors"
	"strings"
)

// Challenge is what a server asks of a client that wants access.
type Challenge struct {
	// Scheme is in lower case: "basic", "digest", "bearer".
	Scheme string
	// Token68 is what some schemes have in place of parameters.
	Token68 string
	// Params are the parameters, unquoted. Their names are in lower case.
	Params map[string]string
}

// ErrMalformed is the error of a list of challenges that is none.
var ErrMalformed = errors.New("malformed list of challenges")

// ParseAll gives the challenges of a field's values, in their order. Malformed ones
// are left out.
func ParseAll(values []string) []Challenge {
	var all []Challenge
	for _, value := range values {
		some, _ := Parse(value)
		all = append(all, some...)
	}
	return all
}

// ParseInfo parses the value of an Authentication-Info or Proxy-Authentication-Info
// field; nil when it is malformed.
func ParseInfo(value string) map[string]string {
	s := scanner{value}
	if info, ok := s.params(); ok {
		return info
	}
	return nil
}

// Parse parses the value of a WWW-Authenticate or Proxy-Authenticate field. When it is
// malformed it gives the challenges before that, and an error.
//
// "WWW-Authenticate = #challenge"
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1-2
//
// "challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]"
// https://www.rfc-editor.org/rfc/rfc9110#section-11.3-3
func Parse(value string) ([]Challenge, error) {
	var all []Challenge
	s := scanner{value}
	for s.commas(); s.rest != ""; s.commas() {
		scheme := s.token()
		if scheme == "" {
			return all, ErrMalformed
		}
		c := Challenge{Scheme: strings.ToLower(scheme)}
		switch spaces := s.spaces(); {
		case s.rest == "" || s.rest[0] == ',':
		case !spaces:
			return all, ErrMalformed
		default:
			if c.Token68 = s.token68(); c.Token68 == "" {
				var ok bool
				if c.Params, ok = s.params(); !ok {
					return all, ErrMalformed
				}
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// scanner takes a field's value apart.
type scanner struct{ rest string }

// spaces skips white space, and reports whether there was any.
func (s *scanner) spaces() bool {
	before := len(s.rest)
	s.rest = strings.TrimLeft(s.rest, " \t")
	return len(s.rest) < before
}

// commas skips white space and the empty elements of a list.
//
// "A recipient MUST parse and ignore a reasonable number of empty list elements".
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2-1
func (s *scanner) commas() { s.rest = strings.TrimLeft(s.rest, " \t,") }

// token takes a token; "" when there is none.
func (s *scanner) token() string {
	n := 0
	for n < len(s.rest) && isTokenOctet(s.rest[n]) {
		n++
	}
	token := s.rest[:n]
	s.rest = s.rest[n:]
	return token
}

// token68 takes one that is all of its challenge; "" when there is none.
//
// "token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=""
// https://www.rfc-editor.org/rfc/rfc9110#section-11.2-2
func (s *scanner) token68() string {
	n := 0
	for n < len(s.rest) && (isAlphanumeric(s.rest[n]) || strings.IndexByte("-._~+/", s.rest[n]) >= 0) {
		n++
	}
	if n == 0 {
		return ""
	}
	for n < len(s.rest) && s.rest[n] == '=' {
		n++
	}
	after := strings.TrimLeft(s.rest[n:], " \t")
	if after != "" && after[0] != ',' {
		return ""
	}
	token := s.rest[:n]
	s.rest = after
	return token
}

// params takes the parameters of a challenge, up to the next one. False means that
// they are malformed.
//
// "each parameter name MUST only occur once per challenge."
// https://www.rfc-editor.org/rfc/rfc9110#section-11.2-4
func (s *scanner) params() (map[string]string, bool) {
	all := map[string]string{}
	for {
		at := s.rest
		name := s.token()
		s.spaces() // "BWS" around the "="
		if name == "" || s.rest == "" || s.rest[0] != '=' {
			s.rest = at // the next challenge, or nothing
			return all, len(all) > 0
		}
		s.rest = s.rest[1:]
		s.spaces()
		value, ok := s.value()
		name = strings.ToLower(name)
		if _, twice := all[name]; twice || !ok {
			return nil, false
		}
		all[name] = value
		s.spaces()
		if s.rest == "" {
			return all, true
		}
		if s.rest[0] != ',' {
			return nil, false
		}
		s.commas()
	}
}

// value takes a token or a quoted string.
//
// "Recipients that process the value of a quoted-string MUST handle a quoted-pair
// as if it were replaced by the octet following the backslash."
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4-3
func (s *scanner) value() (string, bool) {
	if s.rest == "" || s.rest[0] != '"' {
		token := s.token()
		return token, token != ""
	}
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; c {
		case '"':
			s.rest = s.rest[i+1:]
			return b.String(), true
		case '\\':
			if i++; i < len(s.rest) {
				b.WriteByte(s.rest[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false // it does not end
}

// IsToken reports whether a text is a token, as the name of a scheme is.
func IsToken(text string) bool {
	s := scanner{text}
	return text != "" && s.token() == text
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isTokenOctet(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// Quote writes a quoted string.
func Quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
