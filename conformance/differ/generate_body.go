package differ

import (
	"fmt"
	"strconv"
)

// text is what bodies are cut from. It holds what could be taken for framing.
const text = "0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

// withLength makes the rest of a response that a Content-Length frames.
func (g *Generator) withLength() {
	n := g.r.IntN(24)
	times := 1
	if g.chance(2 * g.fault) {
		times = g.r.IntN(4)
	}
	g.lengths(times, n)
	if g.chance(g.fault) {
		g.codings(1)
	}
	g.fields(g.r.IntN(2))
	g.add(g.eol())
	if g.chance(g.fault) {
		n = g.r.IntN(24)
	}
	g.add(text[:n])
}

// lengths makes a number of Content-Length fields.
func (g *Generator) lengths(times, n int) {
	for range times {
		d := strconv.Itoa(n)
		value := g.either([]string{d}, []string{
			"0" + d, d + ", " + d, d + "," + d, d + ", " + strconv.Itoa(n+1), "+" + d, "-" + d, "-0", "0x" + d, d + " " + d, d + ";", d + ".0",
			"\"" + d + "\"", "", ",", d + ",", "," + d, d + "\x00", d + "\v", d + "\r\n ", "\r\n " + d, d + "\r\n 0", "18446744073709551616", "18446744073709551621",
			"9223372036854775807", "9223372036854775808", "1e1", d + "_0", "\u0665", "\xff", strconv.Itoa(n + 1), "000000000000000000000000" + d,
		})
		name := g.either([]string{"Content-Length", "content-length", "CONTENT-LENGTH"},
			[]string{"Content-Length ", "Content-Length\t", "Content Length", "Content_Length", "\tContent-Length", " Content-Length", "Content-Length\x00", "Content-Lengt\u0127"})
		g.add(name, g.either([]string{":"}, []string{" :", "::", "", "\r\n:"}), g.ows(), value, g.trailing(), g.eol())
	}
}

// codings makes a number of Transfer-Encoding fields.
func (g *Generator) codings(times int) {
	for range times {
		value := g.either([]string{"chunked", "chunked", "chunked", "Chunked", "CHUNKED"}, []string{
			"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "identity", "chunked, identity", "identity, chunked", "", ",", "chunked,", ",chunked",
			"chunked;x=y", "chunked ;", "\"chunked\"", "xchunked", "chunkedx", "chunke", "chun\u212aed", "chunked\x00", "\vchunked", "chunked\v", "chunked\r\n ", "\r\n chunked",
			"chunked\r\n , gzip", "gzip\r\n , chunked", "chunked chunked", "\u00a0chunked", "chunked\x7f", "ch\runked", "trailers", "deflate,chunked", "chunked , chunked",
		})
		name := g.either([]string{"Transfer-Encoding", "transfer-encoding", "TRANSFER-ENCODING"},
			[]string{"Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding", "\tTransfer-Encoding", "Transfer_Encoding", "Transfer Encoding", "Transfer-Encoding\x00", "TE"})
		g.add(name, g.either([]string{":"}, []string{" :", "::", "", "\r\n:"}), g.ows(), value, g.trailing(), g.eol())
	}
}

// withChunks makes the rest of a chunked response.
func (g *Generator) withChunks() {
	times := 1
	if g.chance(2 * g.fault) {
		times = g.r.IntN(3)
	}
	if g.chance(g.fault) {
		g.lengths(1, g.r.IntN(24))
	}
	g.codings(times)
	g.fields(g.r.IntN(2))
	g.add(g.eol())
	g.chunks()
}

// chunks makes a body in the chunked coding.
func (g *Generator) chunks() {
	for range g.r.IntN(4) {
		n := 1 + g.r.IntN(len(text)-1)
		g.size(n)
		if g.chance(g.fault) {
			n = g.r.IntN(len(text))
		}
		g.add(text[:n], g.either(soundEOL, oddEOL))
	}
	if g.chance(g.fault) {
		return // cut short
	}
	g.add(g.either([]string{"0", "0", "0", "00", "000000000000000000000"}, []string{"", "-0", "+0", "0x0", "0 ", " 0", "\x00", "G"}), g.extension(), g.eol())
	if g.chance(0.3) {
		for range g.r.IntN(3) {
			name := g.either([]string{"X-Sum", "A", "Content-MD5"}, []string{"Content-Length", "Transfer-Encoding", "", " A", "A ", "A B", "A\x00", "Set-Cookie", "HTTP/1.1 200 OK"})
			g.add(name, g.either([]string{":"}, []string{"", " :", ";"}), g.ows(), g.value(name), g.eol())
		}
	}
	g.add(g.either(soundEOL, []string{"\n", "\r", "", "x\r\n", " \r\n", "\r\r\n", "\n\n"}))
}

// size makes a chunk-size line.
func (g *Generator) size(n int) {
	hex := strconv.FormatInt(int64(n), 16)
	g.add(g.either([]string{hex, hex, fmt.Sprintf("%X", n), "0" + hex, "000" + hex}, []string{
		"", "+" + hex, "-" + hex, "0x" + hex, " " + hex, "\t" + hex, hex + " ", hex + "\t", hex + "_0", hex + " 0", hex + ",", "g", hex + "g", hex + "\x00", "\"" + hex + "\"",
		"1" + fmt.Sprintf("%016x", n), "ffffffffffffffff", "7fffffffffffffff", "8000000000000000", "fffffffffffffffffffff", "00000000000000000000000" + hex, "\u0665", "\r\n" + hex, hex + "\r",
	}), g.extension(), g.eol())
}

// extension makes chunk extensions.
func (g *Generator) extension() string {
	if g.chance(0.7) && !g.chance(g.fault) {
		return ""
	}
	return g.either(
		[]string{";a", ";a=b", ";a=\"b\"", ";a=b;c=d", ";a=\"\\\"\"", "; a=b", ";a = b", ";a=\";\""},
		[]string{";", ";;", " ;a", "\t;a=b", ";a=", ";=b", ";a=\"b", ";a=\"b\nc\"", ";a\nb", ";a\rb", ";a=\"\r\n\"", ";a b", ";a=b c", ";\x00", ";a=\x7f", ";a=\xe9", ",a", ";a=\"b\"c", ";a=\"\x00\"", ";a ", ";a=b ", ";a=\"\\", ";a=(b)", " a", ";a;", ";\"a\""})
}
