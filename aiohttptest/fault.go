package aiohttptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Fault is what goes wrong with a connection. The zero value is no fault.
type Fault struct {
	// Dial is how the opening of the connection fails. Zero means not at all.
	Dial Failure

	// Err, when set, is what the opening of the connection fails with, whatever
	// Dial says.
	Err error

	// Latency is how long anything travels one way, on the clock of package time.
	// The opening of the connection takes twice that.
	Latency time.Duration

	// ReadBytes is the most that one read of the client's gives, however much was
	// written at once. Zero means no limit.
	ReadBytes int

	// Then ends the connection for both sides once the server has sent AfterBytes
	// bytes, over all its responses. Zero means that it does not end.
	Then End

	// AfterBytes is how many bytes of the server's arrive before Then.
	AfterBytes int64

	// Skip is how many connections are well before the first that is not.
	Skip int

	// Times is how many connections meet the fault. Zero means one, negative all
	// that follow.
	Times int
}

// Failure is a way in which the opening of a connection fails.
type Failure int

// The failures, with the errors that the net package, or package trust, gives.
const (
	Refuse     Failure = iota + 1 // nobody listens: syscall.ECONNREFUSED
	NoSuchHost                    // the name is not known: *net.DNSError
	Untrusted                     // the certificate is self-signed: *trust.CertificateError; https only
	Hang                          // nothing comes before the dial is given up
)

// fault is a Fault that connections to a host meet.
type fault struct {
	host string
	Fault
}

// Fault lets connections to host fail from now on: to one name ("api.example.com"),
// one name and port ("api.example.com:443"), or, when host is empty, to any. Those
// that are open are not touched; see [Server.DropConnections]. Faults of one
// host come one after the other, in the order in which they were set.
func (s *Server) Fault(host string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fault{strings.ToLower(host), f})
}

// ClearFaults takes back all faults for connections that are opened from now on.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// nextFault gives what the next connection to addr meets.
func (s *Server) nextFault(addr string) Fault {
	name, _, _ := net.SplitHostPort(strings.ToLower(addr))
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.host != "" && f.host != name && f.host != strings.ToLower(addr) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return Fault{}
		}
		met := f.Fault
		switch {
		case f.Times > 1:
			f.Times--
		case f.Times >= 0:
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return met
	}
	return Fault{}
}

// meet lets the opening of a connection fail, or take its time.
func (f Fault) meet(ctx context.Context, scheme, addr string) error {
	if f.Latency > 0 {
		roundTrip := time.NewTimer(2 * f.Latency)
		defer roundTrip.Stop()
		select {
		case <-roundTrip.C:
		case <-ctx.Done():
			return dialError(addr, ctx.Err())
		}
	}
	name, _, _ := net.SplitHostPort(addr)
	switch {
	case f.Err != nil:
		return f.Err
	case f.Dial == Refuse:
		return refused(addr)
	case f.Dial == NoSuchHost:
		return dialError(addr, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true})
	case f.Dial == Untrusted && scheme == "https":
		return untrusted(name)
	case f.Dial == Hang:
		<-ctx.Done()
		return dialError(addr, ctx.Err())
	}
	return nil
}

// options gives the properties of the connection.
func (f Fault) options() testnet.Options {
	kinds := map[End]testnet.FaultKind{Close: testnet.Close, Reset: testnet.Reset, Stall: testnet.Stall}
	return testnet.Options{
		Latency:  f.Latency,
		ToClient: testnet.Fault{ReadBytes: f.ReadBytes, Kind: kinds[f.Then], After: f.AfterBytes},
	}
}

func dialError(addr string, cause error) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: hostAddr(addr), Err: cause}
}

func refused(addr string) error {
	return dialError(addr, os.NewSyscallError("connect", syscall.ECONNREFUSED))
}

// untrusted gives the error of a handshake with a server whose certificate nobody
// answers for.
func untrusted(host string) error {
	certificate, err := localca.SelfSigned(localca.Leaf{Hosts: []string{host}})
	if err != nil {
		return err
	}
	_, err = certificate.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: x509.NewCertPool(), CurrentTime: time.Now()})
	return trust.Diagnose(host, &tls.CertificateVerificationError{
		UnverifiedCertificates: []*x509.Certificate{certificate.Leaf}, Err: err,
	}, time.Now())
}
