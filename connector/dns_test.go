package connector_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// resolver answers after a second, and counts.
type resolver struct {
	asked atomic.Int32
	ended atomic.Int32 // lookups whose context ended
	fail  atomic.Pointer[error]
}

var loopback = netip.MustParseAddr("127.0.0.1")

func (r *resolver) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	r.asked.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		r.ended.Add(1)
		return nil, ctx.Err()
	}
	if err := r.fail.Load(); err != nil {
		return nil, *err
	}
	return []netip.Addr{netip.AddrFrom16(loopback.As16())}, nil // as net.Resolver does
}

func (r *resolver) want(t *testing.T, asked int32) {
	t.Helper()
	if n := r.asked.Load(); n != asked {
		t.Errorf("the resolver was asked %d times, want %d", n, asked)
	}
}

func inDNS(t *testing.T, o connector.Options, f func(t *testing.T, r *resolver, c *connector.Connector)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := new(resolver)
		o.Resolver = r
		c := connector.New(o)
		f(t, r, c)
		c.Close()
	})
}

func lookup(t *testing.T, c *connector.Connector, host string) {
	t.Helper()
	addrs, err := connector.LookupDNS(context.Background(), c, host)
	if err != nil || len(addrs) != 1 || addrs[0] != loopback {
		t.Errorf("got %v, %v", addrs, err)
	}
}

func TestDNSLookupIsShared(t *testing.T) {
	inDNS(t, connector.Options{DNSCacheTTL: -1}, func(t *testing.T, r *resolver, c *connector.Connector) {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { lookup(t, c, "example.com") })
		}
		all.Wait()
		r.want(t, 1)
		lookup(t, c, "example.com") // nothing was kept
		r.want(t, 2)
	})
}

func TestDNSLookupSurvivesOneOfThoseWhoWait(t *testing.T) {
	inDNS(t, connector.Options{}, func(t *testing.T, r *resolver, c *connector.Connector) {
		ctx, cancel := cancelable()
		failed := make(chan error, 1)
		go func() {
			_, err := connector.LookupDNS(ctx, c, "example.com")
			failed <- err
		}()
		var all sync.WaitGroup
		all.Go(func() { lookup(t, c, "example.com") })
		synctest.Wait()
		cancel()
		if err := <-failed; err != errWhim {
			t.Errorf("got %v", err)
		}
		all.Wait()
		r.want(t, 1)
		if r.ended.Load() != 0 {
			t.Error("the lookup was cancelled")
		}
	})
}

func TestDNSLookupEndsWithTheLastWhoWaits(t *testing.T) {
	inDNS(t, connector.Options{}, func(t *testing.T, r *resolver, c *connector.Connector) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second/2)
		defer cancel()
		connector.LookupDNS(ctx, c, "example.com")
		synctest.Wait()
		if r.ended.Load() != 1 {
			t.Error("the lookup goes on")
		}
		lookup(t, c, "example.com") // and the failure is not kept
		r.want(t, 2)
	})
}

func TestDNSAnswerIsKeptForItsTime(t *testing.T) {
	// golang/go#24796: every connection asks the resolver anew.
	inDNS(t, connector.Options{DNSCacheTTL: time.Minute}, func(t *testing.T, r *resolver, c *connector.Connector) {
		for range 3 {
			lookup(t, c, "example.com")
		}
		r.want(t, 1)
		time.Sleep(time.Minute)
		lookup(t, c, "example.com")
		r.want(t, 2)
		c.ClearDNSCache("example.com")
		lookup(t, c, "example.com")
		r.want(t, 3)
		c.ClearDNSCache("")
		lookup(t, c, "example.com")
		r.want(t, 4)
	})
}

func TestDNSKeepsThatANameIsUnknown(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		kept bool
	}{
		{"unknown", &net.DNSError{Err: "no such host", IsNotFound: true}, true},
		{"unknown-wrapped", fmt.Errorf("doh: %w", &net.DNSError{Err: "no such host", IsNotFound: true}), true},
		{"server-failure", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, false},
		{"other", errors.New("broken"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inDNS(t, connector.Options{DNSNegativeTTL: 5 * time.Second}, func(t *testing.T, r *resolver, c *connector.Connector) {
				r.fail.Store(&tt.err)
				for range 2 {
					if _, err := connector.LookupDNS(context.Background(), c, "example.com"); !errors.Is(err, tt.err) {
						t.Errorf("got %v", err)
					}
				}
				r.fail.Store(nil)
				if tt.kept {
					r.want(t, 1)
					time.Sleep(5 * time.Second)
				} else {
					r.want(t, 2)
				}
				lookup(t, c, "example.com")
			})
		})
	}
}

// TestDNSCacheIsBounded is the row of CVE-2026-34513: a crawl of many hosts
// grew a cache without end.
func TestDNSCacheIsBounded(t *testing.T) {
	inDNS(t, connector.Options{DNSCacheTTL: 24 * time.Hour}, func(t *testing.T, _ *resolver, c *connector.Connector) {
		for n := range 10 {
			var all sync.WaitGroup
			for i := range 1000 {
				all.Go(func() { lookup(t, c, fmt.Sprintf("h%d-%d.com", n, i)) })
			}
			all.Wait()
		}
		if n := connector.DNSCacheLen(c); n > connector.DNSCacheSize {
			t.Errorf("%d names are kept", n)
		}
	})
}

type panickingResolver struct{}

func (panickingResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	panic("ouch")
}

func TestDNSPanicIsAnError(t *testing.T) {
	c := connector.New(connector.Options{Resolver: panickingResolver{}})
	defer c.Close()
	if _, err := connector.LookupDNS(context.Background(), c, "example.com"); err == nil || !strings.Contains(err.Error(), "resolver panicked: ouch") {
		t.Errorf("got %v", err)
	}
}

func TestInterleaveAlternatesFamilies(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"1.1.1.1", "1.1.1.1"},
		{"1.1.1.1 2.2.2.2", "1.1.1.1 2.2.2.2"},
		{"a::1 a::2 a::3 1.1.1.1 2.2.2.2", "a::1 1.1.1.1 a::2 2.2.2.2 a::3"},
		{"1.1.1.1 a::1 a::2 a::3", "1.1.1.1 a::1 a::2 a::3"},
	} {
		var in, got []string
		var addrs []netip.Addr
		for _, s := range strings.Fields(tt.in) {
			in = append(in, s)
			addrs = append(addrs, netip.MustParseAddr(s))
		}
		for _, a := range connector.Interleave(addrs) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%v: got %v, want %s", in, got, tt.want)
		}
	}
}

// attempt is what becomes of a dial to one address, and when.
type attempt struct {
	after time.Duration
	err   error
}

// raceTo races to addresses 10.0.0.0, 10.0.0.1, ... that behave as told. It
// gives the winner, when each was begun, and what was left open.
func raceTo(ctx context.Context, delay time.Duration, attempts ...attempt) (winner int, begun []time.Duration, leftOpen int32, err error) {
	var addrs []netip.AddrPort
	for i := range attempts {
		addrs = append(addrs, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 80))
	}
	begun = make([]time.Duration, 0, len(attempts))
	var mu sync.Mutex
	var open atomic.Int32
	start := time.Now()
	conn, err := connector.Race(ctx, addrs, delay, func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
		mu.Lock()
		begun = append(begun, time.Since(start))
		mu.Unlock()
		a := attempts[addr.Addr().As4()[3]]
		select {
		case <-time.After(a.after):
		case <-ctx.Done():
			if a.err == errStubborn { // it connects all the same
				break
			}
			return nil, ctx.Err()
		}
		if a.err != nil && a.err != errStubborn {
			return nil, a.err
		}
		open.Add(1)
		local, remote := net.Pipe()
		remote.Close()
		return &raced{Conn: local, open: &open, i: int(addr.Addr().As4()[3])}, nil
	})
	winner = -1
	if conn != nil {
		winner = conn.(*raced).i
		conn.Close()
	}
	return winner, begun, open.Load(), err
}

var errStubborn = errors.New("connects although it was cancelled")

type raced struct {
	net.Conn
	open *atomic.Int32
	i    int
}

func (r *raced) Close() error {
	r.open.Add(-1)
	return r.Conn.Close()
}

func TestHappyEyeballs(t *testing.T) {
	// aio-libs/aiohttp#4451: a host of two families is slow when one of them is down.
	const ms, never = time.Millisecond, time.Hour
	errRefused := errors.New("refused")
	for _, tt := range []struct {
		name     string
		delay    time.Duration
		attempts []attempt
		winner   int
		begun    []time.Duration
		took     time.Duration
	}{
		{"first-is-fast", 250 * ms, []attempt{{after: 200 * ms}, {}}, 0, []time.Duration{0}, 200 * ms},
		{"first-hangs", 250 * ms, []attempt{{after: never}, {after: 10 * ms}}, 1, []time.Duration{0, 250 * ms}, 260 * ms},
		{"first-fails-next-at-once", 250 * ms, []attempt{{10 * ms, errRefused}, {after: 10 * ms}}, 1, []time.Duration{0, 10 * ms}, 20 * ms},
		{"first-is-late-but-wins", 250 * ms, []attempt{{after: 300 * ms}, {after: 100 * ms}}, 0, []time.Duration{0, 250 * ms}, 300 * ms},
		{"one-by-one", 250 * ms, []attempt{{after: never}, {after: never}, {after: never}, {after: 0}}, 3, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}, 750 * ms},
		{"delay-begins-anew-after-a-failure", 250 * ms, []attempt{{100 * ms, errRefused}, {after: never}, {after: 0}}, 2, []time.Duration{0, 100 * ms, 350 * ms}, 350 * ms},
		{"stubborn-loser-is-closed", 250 * ms, []attempt{{never, errStubborn}, {after: 10 * ms}}, 1, []time.Duration{0, 250 * ms}, 260 * ms},
		{"no-delay-waits-for-failures", -1, []attempt{{after: time.Minute, err: errRefused}, {after: 10 * ms}}, 1, []time.Duration{0, time.Minute}, time.Minute + 10*ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				winner, begun, open, err := raceTo(context.Background(), tt.delay, tt.attempts...)
				if winner != tt.winner || err != nil || open != 0 || time.Since(start) != tt.took {
					t.Errorf("winner %d after %v, %v, %d left open", winner, time.Since(start), err, open)
				}
				diff(t, begun, tt.begun)
			})
		})
	}
}

func TestHappyEyeballsTellsEveryFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := errors.New("first refused"), errors.New("second refused")
		_, _, _, err := raceTo(context.Background(), time.Second, attempt{time.Minute, a}, attempt{0, b})
		var all *connector.AddressesError
		if !errors.As(err, &all) || !errors.Is(err, a) || !errors.Is(err, b) || err.Error() != "first refused; second refused" {
			t.Errorf("got %v", err)
		}
	})
}

func TestHappyEyeballsCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		_, begun, open, err := raceTo(ctx, 600*time.Millisecond, attempt{after: time.Hour}, attempt{after: time.Hour}, attempt{after: time.Hour})
		if err == nil || len(begun) != 2 || open != 0 || time.Since(start) != time.Second {
			t.Errorf("%v after %v, %v, %d open", err, time.Since(start), begun, open)
		}
	})
}
