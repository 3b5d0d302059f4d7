package connector

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"
)

// mostlyBodiless reports whether requests of that method have no body as a
// rule, so that a chunked body of no octets would confuse servers.
func mostlyBodiless(method string) bool {
	switch method {
	case "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "SEARCH", "TRACE":
		return true
	}
	return false
}

// probeTime is how long a body may take to show its first octet before it is
// taken to have one.
const probeTime = 200 * time.Millisecond

// probe finds out whether a body of unknown length is empty, and takes it away
// from the call if it is, as net/http does.
func (c *Connector) probe(call *Call, req *http.Request) error {
	p := &probed{body: req.Body, read: make(chan struct{})}
	if !c.running.start(p.first) {
		return ErrClosed
	}
	patience := time.NewTimer(probeTime)
	defer patience.Stop()
	select {
	case <-p.read:
	case <-patience.C:
		call.Body = p
		return nil
	case <-req.Context().Done():
		return endOf(req.Context())
	}
	switch {
	case p.n == 0 && p.err == io.EOF:
		call.Body = nil
		return req.Body.Close()
	case p.n == 0 && p.err != nil:
		return fmt.Errorf("reading the request body: %w", p.err)
	}
	call.Body = p
	return nil
}

// probed is a body of which one octet was asked for beforehand.
type probed struct {
	body io.ReadCloser
	read chan struct{} // closed when the octet, or the end, is there
	one  [1]byte
	n    int   // octets of one that are not given out yet
	err  error // what came with it
}

func (p *probed) first() {
	defer close(p.read)
	defer func() {
		if v := recover(); v != nil {
			p.n, p.err = 0, &BodyPanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	for p.n == 0 && p.err == nil {
		p.n, p.err = p.body.Read(p.one[:])
	}
}

// Read gives the octet first.
func (p *probed) Read(b []byte) (int, error) {
	<-p.read
	switch {
	case len(b) == 0:
		return 0, nil
	case p.n > 0:
		b[0], p.n = p.one[0], 0
		return 1, nil
	case p.err != nil:
		return 0, p.err
	}
	return p.body.Read(b)
}

// Close closes the body.
func (p *probed) Close() error { return p.body.Close() }
