package connector_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestPublicOnly(t *testing.T) {
	guard := connector.PublicOnly()
	for _, test := range []struct {
		addrs string
		want  bool
	}{
		{"8.8.8.8 1.1.1.1 93.184.216.34 172.15.0.1 172.32.0.1 100.63.255.255 100.128.0.1 192.167.1.1 198.17.0.1 223.255.255.255", true},
		{"2606:4700:4700::1111 2a00:1450:4001:80b::200e 2001:4860:4860::8888", true},
		{"0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255", false},
		{"192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16", false},
		{":: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1", false},
		{"2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1", false},
		{"::ffff:8.8.8.8", true},
	} {
		for addr := range strings.FieldsSeq(test.addrs) {
			err := guard(netip.AddrPortFrom(netip.MustParseAddr(addr), 80))
			if (err == nil) != test.want || err != nil && !errors.Is(err, connector.ErrRefusedAddress) {
				t.Errorf("%s: got %v, want it let through: %v", addr, err, test.want)
			}
		}
	}
	allowing := connector.PublicOnly(netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8"))
	for addr, want := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "fd00::1": true, "fc00::1": false} {
		if err := allowing(netip.AddrPortFrom(netip.MustParseAddr(addr), 80)); (err == nil) != want {
			t.Errorf("%s with exceptions: got %v", addr, err)
		}
	}
}

// rebinding is a resolver whose answer changes with each question, as that of an
// attacker who owns the name.
type rebinding struct{ answers []string }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	return []netip.Addr{netip.MustParseAddr(answer)}, nil
}

func TestGuardRefusesAtTheMomentOfDialling(t *testing.T) {
	// tektoncd#9937, new-api#5897, miniflux#4090, gofiber#4518, tollgate#218: guards
	// that look at the URL, or at the name before it is looked up once more.
	testnet.LeakCheck(t)
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, test := range []struct {
		name, host string
		answers    []string
	}{
		{"literal", "127.0.0.1", nil},
		{"mapped-literal", "[::ffff:127.0.0.1]", nil},
		{"name", "inside.example.com", []string{"127.0.0.1"}},
		{"rebinding", "inside.example.com", []string{"127.0.0.1", "8.8.8.8"}},
		{"localhost", "localhost", []string{"127.0.0.1"}},
		{"short-spelling", "127.1", nil},
		{"decimal-spelling", "2130706433", nil},
		{"hexadecimal-spelling", "0x7f000001", nil},
		{"octal-spelling", "0177.0.0.1", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := connector.Options{Guard: connector.PublicOnly()}
			if test.answers != nil {
				o.Resolver = &rebinding{test.answers}
			}
			c := connector.New(o)
			defer c.Close()
			_, err := c.RoundTrip(request(t, "GET", "http://"+test.host+":"+port+"/", nil))
			var e *connector.Error
			if !errors.As(err, &e) || e.Sent || connector.SafeToRetry(err) && e.Phase != connector.PhaseConnect {
				t.Errorf("got %v", err)
			}
			if e != nil && e.Phase == connector.PhaseConnect && !errors.Is(err, connector.ErrRefusedAddress) {
				t.Errorf("got %v", err)
			}
		})
	}
	if reached {
		t.Error("the server was reached")
	}
}

func TestGuardSeesWhatADialFunctionGives(t *testing.T) {
	testnet.LeakCheck(t)
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	for _, test := range []struct {
		name string
		dial func(ctx context.Context, network, addr string) (net.Conn, error)
	}{
		{"socket", new(net.Dialer).DialContext},
		{"pipe", func(context.Context, string, string) (net.Conn, error) {
			conn, other := net.Pipe()
			t.Cleanup(func() { other.Close() })
			return conn, nil
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := connector.New(connector.Options{Guard: connector.PublicOnly(), DialContext: test.dial})
			defer c.Close()
			_, err := c.RoundTrip(request(t, "GET", srv.URL, nil))
			if err := wantError(t, err, connector.PhaseConnect); !errors.Is(err, connector.ErrRefusedAddress) {
				t.Errorf("got %v", err)
			}
		})
	}
}
