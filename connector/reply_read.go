package connector

// States of a Reply: whose turn the connection is.
const (
	replyIdle    = iota // nobody reads
	replyReading        // a Read or WriteTo is under way
	replyClosing        // the same, and Close was called
	replyClosed
)

// errBodyClosed is what reading from a closed reply gives.
var errBodyClosed error = interruption("read on a closed response body")

var closedByUser = &abort{errBodyClosed}

// enter begins a read; false means that the body was closed.
func (r *Reply) enter() bool { return r.state.CompareAndSwap(replyIdle, replyReading) }

// leave ends a read, and does what a Close in the meantime asked for.
func (r *Reply) leave() {
	if !r.state.CompareAndSwap(replyReading, replyIdle) {
		if r.drainable() {
			r.handOver(rest{cn: r.conn, body: r.body})
		}
		r.abandon()
		r.state.Store(replyClosed)
	}
}

// Read reads the body. Each wait for the peer is bounded by the body-stall
// time-out. It gives io.EOF at the end of the body, and an [*Error] that
// unwraps to io.ErrUnexpectedEOF when the connection ended before.
func (r *Reply) Read(p []byte) (int, error) {
	if !r.enter() {
		return 0, errBodyClosed
	}
	defer r.leave()
	return r.read(p)
}

func (r *Reply) read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	r.expect()
	n, err := r.body.Read(p)
	if err != nil {
		r.end(err)
		return n, r.err
	}
	return n, nil
}

// stallPhase names the wait for more of a body.
const stallPhase = "body stall"

// expect sets the deadline for the next octets, unless they are here already.
func (r *Reply) expect() {
	if cn := r.conn; cn != nil && r.body.Waits() {
		cn.wire.begin(&cn.wire.reads, cn.reading.stall, stallPhase)
	}
}
