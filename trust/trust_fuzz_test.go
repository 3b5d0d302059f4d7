package trust_test

import (
	"crypto/x509"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Whatever the host is: an address is asked for without its ornaments, and
// nothing becomes an empty name, with which crypto/tls verifies nothing.
func FuzzClientConfigServerName(f *testing.F) {
	for _, host := range []string{host, host + ":443", "[::1]:443", "fe80::1%eth0", "[fe80::1%25eth0]", "127.0.0.1.", "a:b:c", "[", ":", "."} {
		f.Add(host)
	}
	policy := newPolicy(f, trust.Options{CAs: x509.NewCertPool()})
	f.Fuzz(func(t *testing.T, host string) {
		name := policy.ClientConfig(host, nil).ServerName
		if name == "" && host != "" && host != "." && host != ".:" && !strings.HasPrefix(host, ".:") {
			t.Errorf("%q gives no name", host)
		}
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return
		}
		if want := addr.Unmap().WithZone("").String(); name != want {
			t.Errorf("%q gives %q, want %q", host, name, want)
		}
	})
}

// Whatever a peer sends, each certificate is spoken of, in clean text.
// The certificates differ from run to run: fuzz with -fuzzminimizetime 1x, else
// the time goes into making inputs smaller.
func FuzzInspect(f *testing.F) {
	root := newCA(f, "Test Root")
	middle := intermediate(f, root, localca.Authority{Name: "Middle"})
	leaf := issue(f, middle, localca.Leaf{Hosts: []string{host}})
	f.Add(leaf.Certificate[0], leaf.Certificate[1], host)
	f.Add(root.Certificate().Raw, root.Certificate().Raw, "")
	f.Add(leaf.Certificate[1], leaf.Certificate[0], "[::1]")
	f.Fuzz(func(t *testing.T, first, second []byte, host string) {
		var chain []*x509.Certificate
		for _, der := range [][]byte{first, second} {
			if cert, err := x509.ParseCertificate(der); err == nil {
				chain = append(chain, cert)
			}
		}
		seen := make(map[int]bool)
		for _, found := range trust.Inspect(chain, host, root.Pool(), time.Now()) {
			seen[found.Index] = true
			if text := found.String(); strings.ContainsAny(text, "\n\x1b") {
				t.Errorf("control characters in %q", text)
			}
		}
		if len(seen) != len(chain) {
			t.Errorf("findings for %d of %d certificates", len(seen), len(chain))
		}
	})
}
