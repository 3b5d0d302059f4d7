package differ

import "fmt"

// Case is what a server sends on a connection, up to its end, in answer to one
// request.
type Case struct {
	Method string
	Wire   []byte
}

// Verdict is what became of a response.
type Verdict int

// The verdicts. What was cut short and what was refused are alike in that the
// caller gets an error and the connection is closed.
const (
	Delivered Verdict = iota
	Incomplete
	Refused
)

// Outcome is what a reader makes of a case, in a form that all readers share.
type Outcome struct {
	Verdict Verdict
	Err     string // why it was not delivered

	Interims int     // 1xx responses before the final one
	Status   int     // of the final one, as what follows
	Minor    int     // of the version: 0, or 1 for all above
	Fields   []Field // in the order of the wire
	Body     []byte
	Trailer  []Field
	Used     int  // octets of the wire up to the end of the response
	Persists bool // another request may be sent on the connection
	Switched bool // what follows the head is of another protocol
}

// Field is one field line, its name in lower case.
type Field struct{ Name, Value string }

// Says gives the verdict and its reason on one line.
func (o *Outcome) Says() string {
	switch o.Verdict {
	case Delivered:
		return "delivered"
	case Incomplete:
		return "incomplete: " + o.Err
	}
	return "refused: " + o.Err
}

// String shows all of a delivered outcome.
func (o *Outcome) String() string {
	if o.Verdict != Delivered {
		return o.Says()
	}
	return fmt.Sprintf("delivered: %d of 1.%d behind %d others, fields %q, body %q, trailer %q, ends at %d, persists %v, switched %v",
		o.Status, o.Minor, o.Interims, o.Fields, o.Body, o.Trailer, o.Used, o.Persists, o.Switched)
}

// switches reports whether a response ends HTTP on its connection.
func switches(method string, status int) bool {
	return status == 101 || method == "CONNECT" && status >= 200 && status < 300
}
