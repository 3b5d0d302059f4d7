package form

import "strings"

// ParseDisposition parses the value of a Content-Disposition field, of a part or
// of a response. It takes what senders really send: spaces and other characters
// in values without quotes, backslashes of Windows' paths, names in UTF-8, empty
// parameters, continuations as in RFC 2231. It refuses with [ErrMalformed] what
// two readers could take for two different names: a parameter given twice, text
// behind a quoted value, a quote that is not closed.
func ParseDisposition(s string) (Disposition, error) {
	kind, rest, _ := strings.Cut(s, ";")
	kind = trim(kind)
	if !isToken(kind) {
		return Disposition{}, malformed("Content-Disposition %q has no type", clip(s))
	}
	raw, err := parseParams("Content-Disposition", rest)
	if err != nil {
		return Disposition{}, err
	}
	d := Disposition{Type: strings.ToLower(kind)}
	d.Params = raw.decode(d.Type == "form-data")
	return d, nil
}

// rawParam is a parameter as it was sent, but for its quotes.
type rawParam struct {
	value  string
	quoted bool
}

// rawParams has parameters by their names in lower case, stars included.
type rawParams map[string]rawParam

// parseParams parses what follows the first semicolon of a header field.
func parseParams(field, s string) (rawParams, error) {
	raw := rawParams{}
	for {
		s = strings.TrimLeft(s, "; \t")
		if s == "" {
			return raw, nil
		}
		name, rest, found := strings.Cut(s, "=")
		name = strings.ToLower(trim(name))
		if !found || !isToken(name) || name[0] == '*' {
			return nil, malformed("%s: no parameter: %q", field, clip(s))
		}
		if _, twice := raw[name]; twice {
			return nil, malformed("%s: parameter %q is given twice", field, clip(name))
		}
		var p rawParam
		rest = strings.TrimLeft(rest, " \t")
		if strings.HasPrefix(rest, `"`) {
			p.quoted = true
			var ok bool
			if p.value, rest, ok = cutQuoted(rest[1:]); !ok {
				return nil, malformed("%s: quotes of parameter %q", field, clip(name))
			}
		} else {
			p.value, rest, _ = strings.Cut(rest, ";")
			p.value = trim(p.value)
			if strings.Contains(p.value, `"`) {
				return nil, malformed("%s: quotes of parameter %q", field, clip(name))
			}
		}
		raw[name] = p
		s = rest
	}
}

// cutQuoted cuts a quoted string behind its first quote. A backslash escapes
// another one or a quote; before anything else it is one of a path, as Internet
// Explorer sent them.
//
// A name that ends in a backslash is sent by browsers without an escape; so when
// no quote is left to close the string, the one at the very end does.
func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	plain := strings.IndexAny(s, `"\`)
	if plain < 0 {
		return "", "", false
	}
	if s[plain] == '"' { // nothing is escaped: no copy
		rest = strings.TrimLeft(s[plain+1:], " \t")
		return s[:plain], rest, rest == "" || rest[0] == ';'
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			rest = strings.TrimLeft(s[i+1:], " \t")
			return b.String(), rest, rest == "" || rest[0] == ';'
		case c == '\\' && i+1 == len(s)-1 && s[i+1] == '"':
			return b.String() + `\`, "", true
		case c == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// decode gives the parameters with one value each: that of "name*", else that of
// "name", else what the continuations "name*0", "name*1" make.
//
// "when both "filename" and "filename*" are present in a single header field
// value, recipients SHOULD pick "filename*" and ignore "filename"."
// https://www.rfc-editor.org/rfc/rfc6266#section-4.3
func (raw rawParams) decode(formData bool) map[string]string {
	params := make(map[string]string, len(raw))
	for name, p := range raw {
		base, ext, starred := strings.Cut(name, "*")
		switch {
		case !starred && formData && p.quoted && strings.IndexByte(p.value, '%') >= 0:
			if _, better := params[base]; !better {
				params[base] = unescapeForm.Replace(p.value)
			}
		case !starred:
			if _, better := params[base]; !better {
				params[base] = p.value
			}
		case ext == "":
			if value, ok := decodeExtValue(p.value); ok && !p.quoted {
				params[base] = value
			}
		}
	}
	for name := range raw {
		base, ext, _ := strings.Cut(name, "*")
		if _, better := params[base]; !better && (ext == "0" || ext == "0*") {
			if value, ok := raw.join(base); ok {
				params[base] = value
			}
		}
	}
	return params
}

func trim(s string) string { return strings.Trim(s, " \t") }

// clip shortens what is shown of a sender's text in an error.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
