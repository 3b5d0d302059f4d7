package http1_test

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// oracle is what the RFCs' grammar, as strictly as docs/architecture.md says, makes
// of all that a connection carries up to its end in answer to one request. It is
// written to be compared with the text of the RFCs, not to be quick: regular
// expressions over octets that stand as the characters of the same number.
type oracle struct {
	OK      bool
	Status  int
	Fields  string // name=value, a line each, folds as one space
	Body    string
	Trailer string
	Rest    string // what was not read
	Close   bool
}

const (
	oracleToken = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
	oracleText  = "[\\t \\x21-\\x7e\\x80-\\xff]"
	oracleField = oracleToken + ":(?:" + oracleText + "|\r\n[ \t])*\r\n"
	oracleExt   = ";[ \t]*" + oracleToken + "(?:[ \t]*=[ \t]*(?:" + oracleToken +
		"|\"(?:[\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\t \\x21-\\x7e\\x80-\\xff])*\"))?"
)

var (
	oracleHead    = regexp.MustCompile("^HTTP/1\\.([0-9]) ([1-9][0-9][0-9])(?: " + oracleText + "*)?\r\n((?:" + oracleField + ")*)\r\n")
	oracleSection = regexp.MustCompile("^((?:" + oracleField + ")*)\r\n")
	oracleLine    = regexp.MustCompile("(" + oracleToken + "):((?:" + oracleText + "|\r\n[ \t])*)\r\n")
	oracleFold    = regexp.MustCompile("[ \t]*\r\n[ \t]+")
	oracleChunk   = regexp.MustCompile("^([0-9A-Fa-f]+)(?:" + oracleExt + "(?:[ \t]*" + oracleExt + ")*)?\r\n")
	oracleName    = regexp.MustCompile("^" + oracleToken + "$")
	oracleNumber  = regexp.MustCompile("^[0-9]+$")
	oracleCoding  = regexp.MustCompile("(?i)^chunked$")
)

// latin1 gives octets as the characters of the same number.
func latin1(octets string) string {
	runes := make([]rune, len(octets))
	for i := range len(octets) {
		runes[i] = rune(octets[i])
	}
	return string(runes)
}

// octetsOf undoes latin1.
func octetsOf(text string) string {
	octets := make([]byte, 0, len(text))
	for _, r := range text {
		octets = append(octets, byte(r))
	}
	return string(octets)
}

// elements gives the elements of a list field: its lines, joined.
func elements(lines [][]string, name string) (all []string, given bool) {
	for _, f := range lines {
		if strings.EqualFold(f[1], name) && len(f[1]) == len(name) {
			given = true
			for _, e := range strings.Split(oracleFold.ReplaceAllString(f[2], " "), ",") {
				all = append(all, strings.Trim(e, " \t"))
			}
		}
	}
	return all, given
}

func joinFields(lines [][]string) string {
	var text strings.Builder
	for _, f := range lines {
		text.WriteString(octetsOf(strings.ToLower(f[1]) + "=" + strings.Trim(oracleFold.ReplaceAllString(f[2], " "), " \t") + "\n"))
	}
	return text.String()
}

// ask reads wire as the answer to a request of the given method.
func ask(method, wire string) oracle {
	rest := latin1(wire)
	for {
		m := oracleHead.FindStringSubmatch(rest)
		if m == nil {
			return oracle{}
		}
		lines := oracleLine.FindAllStringSubmatch(m[3], -1)
		o := oracle{Status: int(m[2][0]-'0')*100 + int(m[2][1]-'0')*10 + int(m[2][2]-'0'), Fields: joinFields(lines)}
		if rest = rest[len(m[0]):]; o.Status/100 == 1 && o.Status != 101 {
			continue
		}
		o.settle(method, m[1], lines, rest)
		return o
	}
}

// settle frames the body, by RFC 9112, section 6.3, and reads it.
func (o *oracle) settle(method, minor string, lines [][]string, rest string) {
	options, _ := elements(lines, "Connection")
	has := func(option string) bool {
		return slices.ContainsFunc(options, func(s string) bool { return len(s) == len(option) && strings.EqualFold(s, option) })
	}
	o.Close = has("close") || minor == "0" && !has("keep-alive")
	length, known, broken, torn := new(big.Int), false, false, false
	lengths, sized := elements(lines, "Content-Length")
	for _, e := range lengths {
		n, _ := new(big.Int).SetString(e, 10)
		switch {
		case !oracleNumber.MatchString(e) || !n.IsInt64():
			broken = true
		case known && n.Cmp(length) != 0:
			torn = true
		default:
			length, known = n, true
		}
	}
	codings, coded := elements(lines, "Transfer-Encoding")
	for _, e := range codings {
		broken = broken || !oracleName.MatchString(e)
	}
	faulty := broken || torn || coded && (sized || minor == "0" || len(codings) != 1 || !oracleCoding.MatchString(codings[0]))
	switch {
	case o.Status == 101 || o.Status == 204 || o.Status == 304:
		o.OK, o.Rest, o.Close = !torn || o.Status != 304, rest, o.Close || faulty
	case faulty:
	case method == "HEAD":
		o.OK, o.Rest = true, rest
	case coded:
		o.chunks(rest)
	case sized && length.Cmp(big.NewInt(int64(len(rest)))) > 0:
	case sized:
		n := int(length.Int64())
		runes := []rune(rest)
		if n > len(runes) {
			return
		}
		o.OK, o.Body, o.Rest = true, string(runes[:n]), string(runes[n:])
	default:
		o.OK, o.Body, o.Close = true, rest, true
	}
	o.Body, o.Rest = octetsOf(o.Body), octetsOf(o.Rest)
}

// chunks reads a body in the chunked coding, by RFC 9112, section 7.1.
func (o *oracle) chunks(rest string) {
	var body strings.Builder
	for {
		m := oracleChunk.FindStringSubmatch(rest)
		if m == nil {
			return
		}
		size, _ := new(big.Int).SetString(m[1], 16)
		rest = rest[len(m[0]):]
		if size.Sign() == 0 {
			break
		}
		runes := []rune(rest)
		if size.Cmp(big.NewInt(int64(len(runes)))) > 0 {
			return
		}
		n := int(size.Int64())
		body.WriteString(string(runes[:n]))
		var ok bool
		if rest, ok = strings.CutPrefix(string(runes[n:]), "\r\n"); !ok {
			return
		}
	}
	m := oracleSection.FindStringSubmatch(rest)
	if m == nil {
		return
	}
	o.OK, o.Body, o.Rest = true, body.String(), rest[len(m[0]):]
	o.Trailer = joinFields(oracleLine.FindAllStringSubmatch(m[1], -1))
}
