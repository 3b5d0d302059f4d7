package http1

// lines are field lines that were found valid and to matter to nobody but the
// user, by their place in their head. Most heads of a server, and many of
// different ones, have the same lines at the same places as the one before, which
// are then not looked at octet by octet. They belong to a buffer: who reads into it
// next, be it from whatever server, finds them.
type lines [linesKept]struct {
	n    uint8 // octets of text; 0 is none
	text [lineKept]byte
}

const (
	linesKept = 12
	lineKept  = 63 // the longest line, with its CRLF
)

// match gives the length of the line that b begins with, where it is the one that
// is known at that place, and 0 otherwise.
func (l *lines) match(place int, b []byte) int {
	if l == nil || place >= linesKept {
		return 0
	}
	line := &l[place]
	n := int(line.n)
	if n == 0 || len(b) <= n || string(b[:n]) != string(line.text[:n]) || isOWS(b[n]) { // that one is folded
		return 0
	}
	return n
}

// learn takes the line at a place in.
func (l *lines) learn(place int, line []byte) {
	if l == nil || place >= linesKept {
		return
	}
	if len(line) > lineKept {
		line = nil
	}
	l[place].n = uint8(copy(l[place].text[:], line))
}
