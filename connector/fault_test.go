package connector_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// TestFaultyNetworkGivesTheRightBytesOrAnError sends many requests at once, of all
// shapes, over a network and to a server that fail at random. Every byte must be
// right or there must be an error that says what happened, in time; nothing may be
// done twice that may not be, and nothing may be left.
func TestFaultyNetworkGivesTheRightBytesOrAnError(t *testing.T) {
	var sum faultTally
	for seed := range seeds(t, 40) {
		synctest.Test(t, func(t *testing.T) { faultRun(t, seed, &sum) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d right, %d errors, %d sent again by the connector, %d by the caller", sum.right.Load(), sum.wrong.Load(), sum.again.Load(), sum.asked.Load())
	if sum.right.Load() < 500 || sum.wrong.Load() < 500 || sum.again.Load() < 10 || sum.asked.Load() < 100 {
		t.Error("too little happened to tell")
	}
}

// faultTally counts what came of the requests.
type faultTally struct{ right, wrong, again, asked atomic.Int64 }

const (
	faultRequests = 50
	faultPool     = 20 * time.Second
	faultLimit    = 5 * time.Second // each other time-out
	// faultPatience is above the sum of all time-outs, twice, and the pauses that
	// the server makes.
	faultPatience = 4 * time.Minute
)

// faultWorld is one network, with its server and client.
type faultWorld struct {
	t      *testing.T
	seed   uint64
	net    *testnet.Network
	c      *connector.Connector
	scheme string
	// garbles lets answers be garbled. Then there are no large uploads: crypto/tls
	// answers a bad record with an alert, and waits for a blocked write with a
	// mutex, through which the time of a bubble does not pass.
	garbles bool
	tally   *faultTally
	served  sync.WaitGroup

	mu   sync.Mutex
	r    *rand.Rand // guarded by mu
	seen map[string]int
}

func faultRun(t *testing.T, seed uint64, tally *faultTally) {
	w := &faultWorld{t: t, seed: seed, net: testnet.New(), scheme: "http", tally: tally, r: rand.New(rand.NewPCG(seed, 0)), seen: map[string]int{}}
	ln, err := w.net.Listen("example.com:80")
	if err != nil {
		t.Fatal(err)
	}
	o := connector.Options{
		MaxConns: 2 + w.roll(10), DialContext: w.dial,
		Timeouts: connector.Timeouts{Pool: faultPool, Connect: faultLimit, TLS: faultLimit, Write: faultLimit, Head: faultLimit, BodyStall: faultLimit},
	}
	if seed%3 == 0 {
		w.scheme, w.garbles = "https", seed%2 == 0
		ca, err := localca.New("test")
		if err != nil {
			t.Fatal(err)
		}
		cert, err := ca.Issue("example.com")
		if err != nil {
			t.Fatal(err)
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{cert}})
		o.TLS = policy(t, trust.Options{CAs: ca.Pool()})
	}
	w.c = connector.New(o)
	w.served.Go(func() { w.serve(ln) })
	var all sync.WaitGroup
	for id := range faultRequests {
		all.Go(func() {
			time.Sleep(time.Duration(w.roll(2000)) * time.Millisecond)
			w.ask(id)
		})
	}
	all.Wait()
	w.c.Close()
	ln.Close()
	w.served.Wait()
	if s := w.c.Stats(); s != (connector.Stats{}) || w.net.OpenConns() != 0 {
		t.Errorf("left: %+v, %d connections", s, w.net.OpenConns())
	}
}

// roll gives a number below n.
func (w *faultWorld) roll(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.r.IntN(n)
}

// dial opens a connection that will fail, or not.
func (w *faultWorld) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.net.SetOptions("example.com:80", testnet.Options{
		Latency:     time.Duration(w.roll(30)) * time.Millisecond,
		BufferBytes: 1 << (8 + w.roll(9)),
		ToServer:    w.fault(w.scheme == "https"),
		ToClient:    w.fault(w.garbles),
	})
	if w.roll(30) == 0 {
		return nil, errWhim
	}
	return w.net.DialContext(ctx, network, "example.com:80")
}

// fault makes a fault; garbled bytes may be one only where TLS can tell.
func (w *faultWorld) fault(garbles bool) testnet.Fault {
	kinds := [8]testnet.FaultKind{testnet.Reset, testnet.Close, testnet.Stall}
	if garbles {
		kinds[3] = testnet.Corrupt
	}
	f := testnet.Fault{Kind: kinds[w.roll(len(kinds))], After: int64(w.roll(1 << (4 + w.roll(16))))}
	if w.roll(3) == 0 {
		f.ReadBytes = 1 + w.roll(2000)
	}
	return f
}

// faultBody gives bytes that are no other request's.
func faultBody(id string, size int) []byte {
	line := sha256.Sum256([]byte(id))
	return bytes.Repeat(fmt.Appendf(nil, "%s %x\n", id, line[:8]), size/20+1)[:size]
}

// ask sends a request, and sends it again while that is safe.
func (w *faultWorld) ask(id int) {
	spec := faultSpec{id: fmt.Sprintf("%d-%d", w.seed, id), kind: w.roll(6), want: w.roll(4)}
	if w.garbles {
		spec.kind = []int{0, 2, 5}[spec.kind/2]
	}
	for try := 1; ; try++ {
		start := time.Now()
		ctx, cancel := context.WithCancel(context.Background())
		ended := w.roll(12) == 0
		if ended {
			time.AfterFunc(time.Duration(w.roll(500))*time.Millisecond, cancel)
		}
		err := w.try(ctx, spec)
		cancel()
		if took := time.Since(start); took > faultPatience {
			w.t.Errorf("%v took %v: %v", spec, took, err)
		}
		w.mu.Lock()
		seen := w.seen[spec.id]
		w.mu.Unlock()
		if may := 2 * try; !spec.repeatable() && seen > 1 || seen > may {
			w.t.Errorf("%v: the server saw it %d times after %d tries", spec, seen, try)
		}
		if seen > try {
			w.tally.again.Add(1)
		}
		if err == nil {
			w.tally.right.Add(1)
			return
		}
		w.tally.wrong.Add(1)
		w.checkError(spec, err, ended)
		if e := new(connector.Error); errors.As(err, &e) && !e.Sent && seen > 0 && try == 1 {
			w.t.Errorf("%v: the server saw what was not sent: %v", spec, err)
		}
		if !connector.SafeToRetry(err) || try == 3 {
			return
		}
		w.tally.asked.Add(1)
	}
}

// checkError checks the shape of an error.
func (w *faultWorld) checkError(spec faultSpec, err error, ended bool) {
	var e *connector.Error
	if !errors.As(err, &e) {
		w.t.Errorf("%v: error of type %T: %v", spec, err, err)
		return
	}
	port := map[string]string{"http": ":80", "https": ":443"}[w.scheme]
	bad := e.Err == nil || e.Host != "example.com"+port || strings.ContainsAny(e.Error(), "\r\n")
	bad = bad || errors.Is(err, context.Canceled) != (errors.Is(e.Err, context.Canceled)) || errors.Is(err, context.Canceled) && !ended
	bad = bad || e.Limit != "" && !e.Timeout()
	switch e.Phase {
	case connector.PhasePool, connector.PhaseConnect:
		bad = bad || e.Addr != "" || e.Sent && !spec.repeatable()
	case connector.PhaseTLS:
		bad = bad || w.scheme == "http" || e.Addr == ""
	case connector.PhaseWrite:
		bad = bad || e.Addr == ""
	case connector.PhaseHead, connector.PhaseBody:
		bad = bad || e.Addr == "" || !e.Sent
	case connector.PhasePrepare:
		bad = bad || !ended
	default:
		bad = true
	}
	if bad || e.Repeatable && !spec.repeatable() {
		w.t.Errorf("%v, ended %v: %#v", spec, ended, e)
	}
}

// faultSpec says what a request is like.
type faultSpec struct {
	id   string
	kind int // of the request's body
	want int // how large the answer is
}

func (s faultSpec) String() string {
	return fmt.Sprintf("request %s (kind %d, answer %d)", s.id, s.kind, s.want)
}

// repeatable tells whether it may be sent twice: kinds 2 to 4 are POSTs that may
// not, or cannot be sent again.
func (s faultSpec) repeatable() bool { return s.kind < 2 || s.kind == 5 }

// request makes the request anew.
func (s faultSpec) request(t testing.TB, scheme string) (*http.Request, []byte) {
	var req *http.Request
	var body []byte
	url := fmt.Sprintf("%s://example.com/%s/%d", scheme, s.id, s.want)
	switch s.kind {
	case 0:
		req = request(t, "GET", url, nil)
	case 1:
		body = faultBody(s.id, 150_000)
		req = request(t, "PUT", url, bytes.NewReader(body))
	case 2:
		body = faultBody(s.id, 700)
		req = request(t, "POST", url, bytes.NewReader(body))
	case 3:
		body = faultBody(s.id, 50_000)
		req = request(t, "POST", url, unread(bytes.NewReader(body)))
	case 4:
		body = faultBody(s.id, 90_000)
		req = request(t, "POST", url, bytes.NewReader(body))
		req.Header.Set("Expect", "100-continue")
	case 5:
		body = faultBody(s.id, 3000)
		req = request(t, "POST", url, bytes.NewReader(body))
		req.Header.Set("Idempotency-Key", s.id)
	}
	req.Header.Set("X-Sum", fmt.Sprintf("%x", sha256.Sum256(body)))
	return req, body
}

// try sends a request once and checks the answer.
func (w *faultWorld) try(ctx context.Context, s faultSpec) error {
	req, body := s.request(w.t, w.scheme)
	resp, err := w.c.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Id"); got != s.id {
		w.t.Errorf("%v: got the answer of %q", s, got)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(body)); resp.StatusCode == 200 && resp.Header.Get("X-Sum") != want {
		w.t.Errorf("%v: the server got another body", s)
	}
	want := faultAnswer(s.id, s.want)
	if w.roll(12) == 0 { // look no further
		_, err := io.CopyN(io.Discard, resp.Body, int64(len(want)/3))
		return err
	}
	got, err := io.ReadAll(resp.Body)
	if !bytes.HasPrefix(want, got) || err == nil && len(got) != len(want) {
		w.t.Errorf("%v: got %d of %d bytes, %v, of another answer", s, len(got), len(want), err)
	}
	return err
}

func faultAnswer(id string, size int) []byte {
	return faultBody("answer to "+id, []int{0, 30, 9000, 200_000}[size])
}
