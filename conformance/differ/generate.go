package differ

import (
	"math/rand/v2"
	"strings"
)

// Generator makes cases by the grammar of RFC 9112, with faults in them: none in
// some cases, many in others. The same seed makes the same cases. It is not safe
// for concurrent use.
type Generator struct {
	r     *rand.Rand
	fault float64 // how likely each production is to go wrong, in this case
	wire  strings.Builder
}

// NewGenerator gives one that starts from seed.
func NewGenerator(seed uint64) *Generator {
	return &Generator{r: rand.New(rand.NewPCG(seed, 9112))}
}

// Next makes a case.
func (g *Generator) Next() Case {
	g.fault = pick(g, 0, 0.02, 0.05, 0.1, 0.3)
	g.wire.Reset()
	c := Case{Method: pick(g, "GET", "GET", "GET", "GET", "HEAD", "CONNECT")}
	for g.chance(0.1) {
		g.add("HTTP/1.1 ", pick(g, "100", "102", "103", "199", "101"), pick(g, " Continue", " ", ""), "\r\n")
		g.fields(g.r.IntN(2))
		g.add(g.eol())
	}
	g.response()
	if g.chance(0.2) {
		g.add(pick(g, "HTTP/1.1 200 OK\r\n\r\n", "\r\n", "x", "\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"))
	}
	c.Wire = []byte(g.wire.String())
	for g.chance(3 * g.fault) {
		c.Wire = g.mutate(c.Wire)
	}
	return c
}

// pick gives one of the values.
func pick[T any](g *Generator, values ...T) T { return values[g.r.IntN(len(values))] }

// chance is true with probability p.
func (g *Generator) chance(p float64) bool { return g.r.Float64() < p }

// either gives one of the sound forms or, by a fault, one of the odd ones.
func (g *Generator) either(sound, odd []string) string {
	if g.chance(g.fault) {
		return pick(g, odd...)
	}
	return pick(g, sound...)
}

func (g *Generator) add(parts ...string) {
	for _, s := range parts {
		g.wire.WriteString(s)
	}
}

var (
	soundEOL = []string{"\r\n"}
	oddEOL   = []string{"\n", "\r", "\r\r\n", "\n\r", "", "\r\n\r\n", " \r\n", "\t\r\n", "\x00\r\n", "\v\r\n"}
)

// eol is the end of a line.
func (g *Generator) eol() string { return g.either(soundEOL, oddEOL) }

// ows is optional white space.
func (g *Generator) ows() string {
	return g.either([]string{" ", " ", " ", "", "\t", "  ", " \t "}, []string{"\v", "\f", "\u00a0", "\x00", "\r", "\n", "\r\n ", "\r\n\t", "\r\n", "\n "})
}

// response makes the final response, whose body mostly fits its fields.
func (g *Generator) response() {
	status := g.either(
		[]string{"200", "200", "200", "201", "204", "205", "206", "301", "304", "404", "500", "599"},
		[]string{"999", "600", "099", "000", "20", "2000", "2", "", "-20", "+20", " 200", "0x1", "2e2", "20\u0660", "100", "101"})
	version := g.either(
		[]string{"HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"},
		[]string{"HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "HTTP/01.1", "http/1.1", "HTTP/1,1", "HTTP/1", "HTTP/ 1.1", "ICY", "RTSP/1.0", "HTTPS/1.1", " HTTP/1.1", "\r\nHTTP/1.1", "HTTP/1.\u0661"})
	between := g.either([]string{" "}, []string{"  ", "\t", "", "\v", "\r", "\n", "\u00a0"})
	reason := g.either(
		[]string{" OK", " OK", " OK", " ", "", " Not Found", " O\tK", " caf\xe9"},
		[]string{"  OK", "\tOK", "OK", " O\x00K", " O\rK", " O\x7fK", " O\x1bK", " \r", "\u00a0OK"})
	g.add(version, between, status, reason, g.eol())
	g.fields(g.r.IntN(3))
	switch g.r.IntN(8) {
	case 0, 1, 2:
		g.withLength()
	case 3, 4, 5:
		g.withChunks()
	case 6:
		g.fields(g.r.IntN(3))
		g.add(g.eol(), text[:g.r.IntN(20)])
	case 7: // anything goes
		g.lengths(g.r.IntN(3), g.r.IntN(8))
		g.codings(g.r.IntN(3))
		g.lengths(g.r.IntN(2), g.r.IntN(8))
		g.add(g.eol())
		g.chunks()
	}
}

// fields makes n fields that do not frame the body.
func (g *Generator) fields(n int) {
	for range n {
		name := g.either(
			[]string{"A", "Server", "x-y", "Set-Cookie", "Connection", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Trailer", "_", "!#$%&'*+-.^`|~09", "Content_Length"},
			[]string{"", " A", "\tA", "A ", "A\t", "A B", "A:B", "A\x00", "(A)", "\xe9", "A\r", "A\n", "A\r\n", "\"A\"", "A\x7f", "A@"})
		g.add(name, g.either([]string{":"}, []string{"", " :", "\t:", "::", ";", "\r\n :", "="}), g.ows(), g.value(name), g.trailing(), g.eol())
	}
}

// trailing is white space at the end of a value.
func (g *Generator) trailing() string {
	if g.chance(0.9) {
		return ""
	}
	return g.ows()
}

// value makes the value of a field.
func (g *Generator) value(name string) string {
	switch name {
	case "Connection", "Proxy-Connection":
		return g.either(
			[]string{"close", "keep-alive", "Close", "KEEP-ALIVE", "close, x", "keep-alive, upgrade", "upgrade", "x", ""},
			[]string{"close,keep-alive", "clos", "closed", "keep-alive, close", ",close", "close,", "close;x", "\"close\"", "x\r\n close", "c\u212ase", "\tclose\t", "keep alive", "close close", "x,close"})
	case "Upgrade":
		return pick(g, "websocket", "h2c", "")
	case "Trailer":
		return pick(g, "X-Sum", "Content-Length", "Transfer-Encoding, X", "")
	}
	return g.either(
		[]string{"b", "", "b c", "b\tc", "\"b\"", "\xe9", "b: c", "b, c", "a=b; Path=/", strings.Repeat("v", g.r.IntN(40))},
		[]string{"b\x00c", "b\rc", "b\nc", "b\x01c", "b\x7fc", "b\x1bc", "b\r\n c", "b\r\n\tc", "b\r\n \r\n c", "\r\n b", "b\n c", "b\r\n ", "b\vc", "b\x80c", "b\r c", " \r\n  : c"})
}

// mutate changes octets without regard to the grammar.
func (g *Generator) mutate(wire []byte) []byte {
	if len(wire) == 0 {
		return wire
	}
	i := g.r.IntN(len(wire))
	j := min(len(wire), i+1+g.r.IntN(8))
	const interesting = "\x00\t\n\v\f\r \"(),:;=\\\x7f\x80\xa0\xff+-0159aAfFgxX"
	switch g.r.IntN(6) {
	case 0: // remove
		return append(wire[:i:i], wire[j:]...)
	case 1: // repeat
		return append(wire[:j:j], wire[i:]...)
	case 2: // insert
		return append(append(wire[:i:i], interesting[g.r.IntN(len(interesting))]), wire[i:]...)
	case 3: // cut
		return wire[:i]
	case 4: // flip
		wire[i] ^= 1 << g.r.IntN(8)
	default: // replace
		wire[i] = interesting[g.r.IntN(len(interesting))]
	}
	return wire
}
