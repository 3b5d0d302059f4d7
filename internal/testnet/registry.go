package testnet

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// openConns lists the conns of this process that are not closed. It is the one
// variable of the package, as Main has nothing else by which to find them.
var openConns registry

// registry lists open conns with the place where each was made. The zero value is
// empty. It is safe for concurrent use.
type registry struct {
	mu    sync.Mutex
	conns map[*Conn][]uintptr
}

func (r *registry) add(c *Conn) {
	var pcs [16]uintptr
	n := runtime.Callers(3, pcs[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conns == nil {
		r.conns = make(map[*Conn][]uintptr)
	}
	r.conns[c] = slices.Clone(pcs[:n])
}

func (r *registry) remove(c *Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
}

func (r *registry) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns)
}

// snapshot gives the conns that are open now.
func (r *registry) snapshot() map[*Conn][]uintptr {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.conns)
}

// describe says which conn it is and where it was made.
func describe(c *Conn, pcs []uintptr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "open conn %v -> %v, made at\n", c.local, c.remote)
	for frames := runtime.CallersFrames(pcs); ; {
		frame, more := frames.Next()
		if frame.Function != "" {
			fmt.Fprintf(&b, "%s\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
		}
		if !more {
			return b.String()
		}
	}
}
