package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// resolve asks for the addresses of the host, or of the proxy. None means that there is a finding.
func (x *examination) resolve(ctx context.Context) []netip.Addr {
	d := &DNS{Host: x.peer}
	x.report.DNS = d
	if ip, err := netip.ParseAddr(x.peer); err == nil {
		d.Literal = true
		return []netip.Addr{ip}
	}
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	start := time.Now()
	addrs, err := x.Resolver.LookupNetIP(ctx, "ip", x.peer)
	d.Millis = millis(time.Since(start))
	for i, a := range addrs {
		addrs[i] = a.Unmap()
		d.Answers = append(d.Answers, addrs[i].String())
	}
	if err == nil && len(addrs) == 0 {
		err = errors.New("no addresses in the answer")
	}
	if err != nil {
		d.Error = err.Error()
		text, remedy, code := explainDNS(x.peer, err)
		x.report.add(Failure, code, text, remedy)
		return nil
	}
	return addrs
}

func explainDNS(host string, err error) (text, remedy string, code exit.Code) {
	e, ok := errors.AsType[*net.DNSError](err)
	switch {
	case ok && e.IsNotFound:
		return "there is no host of the name " + host,
			"check the spelling; a name known only inside a company needs its network or VPN", exit.DNS
	case ok && e.IsTimeout, errors.Is(err, context.DeadlineExceeded):
		return "the name servers did not answer in time",
			"check the network, and the name servers in /etc/resolv.conf", exit.Timeout
	case ok:
		return "the name servers gave no answer: " + e.Err, "try again later, or another name server", exit.DNS
	}
	return "the name could not be resolved: " + err.Error(), "", exit.DNS
}
