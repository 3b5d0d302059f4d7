package http1

import (
	"bytes"
	"iter"
)

// Fields is a validated block of field lines, each ended by CRLF: the part of a
// head behind the start line. It is read where it stands, without being copied
// into a map. The zero value is an empty block.
type Fields []byte

// next splits the first line off.
func (f Fields) next() (name, value []byte, rest Fields) {
	end := bytes.IndexByte(f, '\n')
	line := f[:end-1]
	colon := bytes.IndexByte(line, ':')
	return line[:colon], TrimOWS([]byte(line[colon+1:])), f[end+1:]
}

// All yields each field's name, as it was sent, and value, without white space
// around it, in the order of the wire.
func (f Fields) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := f; len(rest) > 0; {
			var name, value []byte
			name, value, rest = rest.next()
			if !yield(name, value) {
				return
			}
		}
	}
}

// Get gives the value of the first field of that name, which must be in lower
// case, and whether there is one.
func (f Fields) Get(lower string) (value []byte, ok bool) {
	for rest := f; len(rest) > 0; {
		var name []byte
		name, value, rest = rest.next()
		if EqualFold(name, lower) {
			return value, true
		}
	}
	return nil, false
}

// Count gives the number of field lines.
func (f Fields) Count() int { return bytes.Count(f, []byte{'\n'}) }
