package connector

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// interleave orders addresses so that the families alternate, the family of
// the first one first.
//
// RFC 8305, section 4: "If the first address in the sorted list is an IPv6
// address, then the first address of the IPv4 family should be second ... and
// so on", so that the failure of one family costs one delay only.
// https://www.rfc-editor.org/rfc/rfc8305#section-4-7
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
// first connection wins; the others are cancelled, joined and closed.
//
// RFC 8305, section 5: "the client SHOULD NOT start connection attempts
// simultaneously ... Once one of the connection attempts succeeds (generally
// when the TCP handshake completes), all other connections attempts that have
// not yet succeeded SHOULD be canceled."
// https://www.rfc-editor.org/rfc/rfc8305#section-5-1
func race(ctx context.Context, addrs []netip.AddrPort, delay time.Duration, dial dialFunc) (net.Conn, error) {
	if len(addrs) == 1 {
		return dial(ctx, addrs[0])
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		conn net.Conn
		err  error
		i    int
	}
	outcomes := make(chan outcome)
	started, pending := 0, 0
	start := func() {
		i := started
		started++
		pending++
		go func() {
			conn, err := dial(ctx, addrs[i])
			outcomes <- outcome{conn, err, i}
		}()
	}
	var timer *time.Timer
	if delay >= 0 {
		timer = time.NewTimer(delay)
		defer timer.Stop()
	} else {
		timer = &time.Timer{}
	}
	start()
	var winner net.Conn
	errs := make([]error, len(addrs))
	for pending > 0 {
		select {
		case o := <-outcomes:
			pending--
			switch {
			case o.err != nil:
				errs[o.i] = o.err
			case winner != nil:
				o.conn.Close()
			default:
				winner = o.conn
				cancel()
			}
			if winner == nil && started < len(addrs) && ctx.Err() == nil {
				start()
				if delay >= 0 {
					timer.Reset(delay)
				}
			}
		case <-timer.C:
			if winner == nil && started < len(addrs) && ctx.Err() == nil {
				start()
				timer.Reset(delay)
			}
		}
	}
	if winner != nil {
		return winner, nil
	}
	return nil, joinDialErrors(errs[:started])
}

// AddressesError is the failure of every address of a host, in the order in
// which they were tried.
type AddressesError struct {
	Errs []error
}

// Error gives the first failure and how many more there were.
func (e *AddressesError) Error() string {
	s := ""
	for i, err := range e.Errs {
		if i > 0 {
			s += "; "
		}
		s += err.Error()
	}
	return s
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
