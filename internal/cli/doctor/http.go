package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/answer"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// A Date field has whole seconds, so that less than noteSkew is no finding.
// From warnSkew on, fresh certificates and signed requests are refused.
const (
	noteSkew = 5 * time.Second
	warnSkew = 60 * time.Second
)

// ask sends a GET to addr and reads the head of the response.
func (x *examination) ask(ctx context.Context, addr string) {
	h := &HTTP{}
	x.report.HTTP = h
	conn := x.dialer(addr)
	defer conn.Close()
	session := aiohttp.NewSession(aiohttp.Options{TLS: x.Policy, Connector: conn, MaxRedirects: -1})
	defer session.Close()
	var timings connector.Timings
	resp, err := session.Get(ctx, x.url.String(), aiohttp.Request{
		Timeouts: connector.Timeouts{Head: x.Timeout, Total: 2 * x.Timeout}, Timings: &timings})
	if err != nil {
		h.Error = err.Error()
		x.judgeFailure(err)
		return
	}
	got := time.Now()
	defer resp.Close()
	h.Status, h.Reason, h.Proto = resp.Status, http.StatusText(resp.Status), resp.Proto()
	h.Server, h.Location, h.AltSvc = resp.Header("Server"), resp.Header("Location"), resp.Header("Alt-Svc")
	h.Timings = answer.NewMillis(timings)
	x.judgeStatus(resp.Status)
	x.judgeClock(resp.Header("Date"), got)
}

// judgeFailure explains why there is no response. A TLS 1.3 server refuses a
// client's certificate only after the handshake, so that it is seen here.
func (x *examination) judgeFailure(err error) {
	remedy := ProxyRemedy(err)
	var r remedier
	if errors.As(err, &r) {
		remedy = r.Remedy()
	} else if exit.Of(err) == exit.Timeout {
		remedy = "the server accepts connections but does not answer: look at its log and its load"
	}
	x.report.add(Failure, exit.Of(err), "no answer to GET: "+err.Error(), remedy)
}

func (x *examination) judgeStatus(status int) {
	switch {
	case status >= 500:
		text := fmt.Sprintf("the server answers %d %s: the connection is fine, the service is not", status, http.StatusText(status))
		x.report.add(Warning, exit.ServerError, text, "")
	case status >= 400:
		text := fmt.Sprintf("the server answers %d %s: the connection is fine, the request is not", status, http.StatusText(status))
		x.report.add(Warning, exit.ClientError, text, "")
	}
}

// judgeClock compares the server's clock with ours.
//
// "The "Date" header field represents the date and time at which the message
// was originated".
// https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1-1
func (x *examination) judgeClock(date string, got time.Time) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return
	}
	// Their second has on average half passed when they write it.
	skew := theirs.Add(500 * time.Millisecond).Sub(got)
	seconds := float64(skew.Round(100*time.Millisecond)) / 1e9
	x.report.HTTP.Skew = &seconds
	text := "our clock is ahead of the server's by " + units.Clock(-skew)
	if skew > 0 {
		text = "our clock is behind the server's by " + units.Clock(skew)
	}
	switch {
	case skew.Abs() >= warnSkew:
		x.report.add(Warning, exit.Failed, text,
			"set the clock of the one that is wrong (NTP); certificates and signatures depend on it")
	case skew.Abs() >= noteSkew:
		x.report.add(Note, exit.OK, text, "")
	}
}

// pinned is a resolver that knows one address, that of addr, for every host.
type pinned string

// LookupNetIP is what [connector.Resolver] asks for.
func (p pinned) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	host, _, err := net.SplitHostPort(string(p))
	if err != nil {
		return nil, err
	}
	ip, err := netip.ParseAddr(host)
	return []netip.Addr{ip}, err
}
