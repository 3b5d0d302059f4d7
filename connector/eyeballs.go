package connector

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"
)

// interleave orders addresses so that the families alternate, the family of
// the first one first.
//
// RFC 8305, section 4, asks for this, with one address of the preferred family
// in front of the first of the other: so the failure of one family costs one
// delay only.
// https://www.rfc-editor.org/rfc/rfc8305#section-4
func interleave(addrs []netip.Addr) []netip.Addr {
	var first, second []netip.Addr
	for _, a := range addrs {
		if a.Unmap().Is4() == addrs[0].Unmap().Is4() {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	if len(second) == 0 {
		return first
	}
	out := make([]netip.Addr, 0, len(addrs))
	for i := 0; i < len(first) || i < len(second); i++ {
		if i < len(first) {
			out = append(out, first[i])
		}
		if i < len(second) {
			out = append(out, second[i])
		}
	}
	return out
}

// dialFunc opens a connection to one address.
type dialFunc func(ctx context.Context, addr netip.AddrPort) (net.Conn, error)

// race tries the addresses one after the other, the next one starting when the
// one before it failed or delay has passed (negative: only when it failed). The
// first connection wins; the others are cancelled, joined and closed. A panic of a
// function of the user's comes out here.
//
// RFC 8305, section 5, asks for attempts that are staggered and not made at the
// same time, and for the cancellation of all others once one has succeeded.
// https://www.rfc-editor.org/rfc/rfc8305#section-5
func race(ctx context.Context, addrs []netip.AddrPort, delay time.Duration, dial dialFunc) (net.Conn, error) {
	if len(addrs) == 1 {
		return dial(ctx, addrs[0])
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		conn     net.Conn
		err      error
		i        int
		panicked any // what a function of the user's panicked with, or nil
	}
	outcomes := make(chan outcome)
	started, pending := 0, 0
	start := func() {
		i := started
		started++
		pending++
		go func() {
			o := outcome{err: errVanished, i: i}
			defer func() {
				o.panicked = recover()
				outcomes <- o // always taken
			}()
			o.conn, o.err = dial(ctx, addrs[i])
		}()
	}
	patience := newPatience(delay)
	defer patience.stop()
	start()
	var winner net.Conn
	var panicked any
	errs := make([]error, len(addrs))
	for pending > 0 {
		select {
		case o := <-outcomes:
			pending--
			switch {
			case o.panicked != nil:
				panicked = o.panicked
				cancel()
			case o.err != nil:
				errs[o.i] = o.err
			case winner != nil:
				o.conn.Close()
			default:
				winner = o.conn
				cancel()
			}
		case <-patience.over:
		}
		if winner == nil && started < len(addrs) && ctx.Err() == nil {
			start()
			patience.reset()
		}
	}
	switch {
	case panicked != nil:
		if winner != nil {
			winner.Close()
		}
		panic(panicked)
	case winner != nil:
		return winner, nil
	}
	return nil, joinDialErrors(errs[:started])
}

// patience is the time given to one address. A negative delay is for ever.
type patience struct {
	delay time.Duration
	timer *time.Timer // nil when for ever
	over  <-chan time.Time
}

func newPatience(delay time.Duration) *patience {
	p := &patience{delay: delay}
	if delay >= 0 {
		p.timer = time.NewTimer(delay)
		p.over = p.timer.C
	}
	return p
}

func (p *patience) reset() {
	if p.timer != nil {
		p.timer.Reset(p.delay)
	}
}

func (p *patience) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// AddressesError is the failure of every address of a host, in the order in
// which they were tried.
type AddressesError struct {
	Errs []error
}

// Error gives all the failures, in one line.
func (e *AddressesError) Error() string {
	var b strings.Builder
	for i, err := range e.Errs {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

// Unwrap gives every failure.
func (e *AddressesError) Unwrap() []error { return e.Errs }

func joinDialErrors(errs []error) error {
	kept := errs[:0]
	for _, err := range errs {
		if err != nil {
			kept = append(kept, err)
		}
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return &AddressesError{kept}
}
