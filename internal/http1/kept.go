package http1

import "sync"

// Keep gives the octets of a head that was read last, by the limits lim, from the
// status line to the blank line, as they will not change: they outlive the buffer,
// and are shared with others that keep the same head.
//
// The heads of a server are often the same to the last octet: when it serves a
// file again and again, within the second that a Date stands for. Such a head is
// neither looked through nor copied twice.
func (rd *Reader) Keep(h *ResponseHead, lim *Limits) []byte {
	if h.kept != nil {
		return h.kept
	}
	b := rd.buf
	h.kept = keep(b.b[b.r-h.Size : b.r])
	if h.Method == "" && h.Size <= longestKept { // no fault was passed over
		b.last = lastHead{octets: h.kept, lim: *lim, says: h.says}
	}
	return h.kept
}

// lastHead is the head that was kept last of those that were read into a buffer.
type lastHead struct {
	octets []byte // nil when there is none
	lim    Limits // by which it was found valid
	says   says
}

// match reads the head that got begins with, where it is the same.
func (l *lastHead) match(h *ResponseHead, got []byte, lim *Limits) bool {
	n := len(l.octets)
	if n == 0 || len(got) < n || string(got[:n]) != string(l.octets) || l.lim != *lim {
		return false
	}
	h.says, h.kept = l.says, l.octets
	h.Reason, h.Fields = HeadReason(l.octets, l.says.Start), HeadFields(l.octets, l.says.Start)
	return true
}

// HeadReason gives the reason phrase of a kept head, whose status line has start
// octets.
func HeadReason(head []byte, start int) []byte {
	const code, crlf = len("HTTP/1.1 200 "), len("\r\n")
	if start <= code+crlf {
		return nil
	}
	return head[code : start-crlf]
}

// HeadFields gives the fields of a kept head, whose status line has start octets.
func HeadFields(head []byte, start int) Fields {
	if len(head) == 0 {
		return nil
	}
	return Fields(head[start : len(head)-len("\r\n")])
}

// keep copies octets.
func keep(octets []byte) []byte {
	if len(octets) > longestKept {
		return append(make([]byte, 0, len(octets)), octets...)
	}
	k := blocks.Get().(*block)
	if len(octets) > cap(k.b)-len(k.b) {
		k.b = make([]byte, 0, blockSize)
	}
	from := len(k.b)
	k.b = append(k.b, octets...)
	kept := k.b[from:len(k.b):len(k.b)]
	blocks.Put(k)
	return kept
}

// block is where heads are kept, behind each other. One that is kept may outlive
// the others of its block, which is why a block is no larger.
type block struct{ b []byte }

// blocks are those with room left. One is taken for the moment of a copy: who
// waits for an answer holds none.
var blocks = sync.Pool{New: func() any { return new(block) }}

// blockSize is the size of a block, and longestKept the longest head that goes
// into one.
const (
	blockSize   = 8 << 10
	longestKept = 1 << 10
)
