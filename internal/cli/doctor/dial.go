package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// maxAddresses bounds how many addresses are tried: no host that people run has
// more, and a resolver that gives hundreds shall not make us a port scanner.
const maxAddresses = 16

// dialAll tries every address, all at once, and gives the first in the
// resolver's order that works, empty when none does.
func (x *examination) dialAll(ctx context.Context, addrs []netip.Addr) string {
	addrs = addrs[:min(len(addrs), maxAddresses)]
	x.report.Addresses = make([]Address, len(addrs))
	errs := make([]error, len(addrs))
	var all sync.WaitGroup
	for i, ip := range addrs {
		all.Go(func() {
			x.report.Addresses[i], errs[i] = x.dial(ctx, net.JoinHostPort(ip.String(), x.peerPort))
		})
	}
	all.Wait()
	good := ""
	for i, err := range errs {
		if err == nil && good == "" {
			good = x.report.Addresses[i].Addr
		}
	}
	x.judgeDials(errs, good)
	return good
}

func (x *examination) dial(ctx context.Context, addr string) (Address, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	start := time.Now()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	a := Address{Addr: addr, Millis: millis(time.Since(start))}
	if err != nil {
		a.Error = dialCause(err)
		return a, err
	}
	return a, conn.Close()
}

// judgeDials makes the findings: all failed, or some.
func (x *examination) judgeDials(errs []error, good string) {
	failed := errors.Join(errs...)
	switch {
	case failed == nil:
	case good == "":
		text, remedy, code := explainDial(failed, x.peerPort)
		x.report.add(Failure, code, text, remedy)
	default:
		for i, err := range errs {
			switch {
			case err == nil:
			case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
				x.report.add(Note, exit.OK, x.report.Addresses[i].Addr+" cannot be reached from here; the others can", "")
			default:
				x.report.add(Warning, exit.Failed, fmt.Sprintf("%s does not accept connections (%s); clients that try it first are slow",
					x.report.Addresses[i].Addr, dialCause(err)), "mend the server at this address, or take it out of DNS")
			}
		}
	}
}

func explainDial(err error, port string) (text, remedy string, code exit.Code) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens on port " + port, "start the server, or check the port in the URL", exit.Connect
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return "no answer from port " + port, "a firewall may drop the packets; check that the host is up", exit.Timeout
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no way to the host", "check the network, and the VPN if the host needs one", exit.Connect
	}
	return "no connection: " + dialCause(err), "", exit.Connect
}

// dialCause gives the part of a dial error that does not repeat the address.
func dialCause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
