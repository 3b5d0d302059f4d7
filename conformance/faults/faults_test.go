package faults_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/conformance/echo"
	"github.com/aiohttp-go/aiohttp/connector"
)

var seed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random numbers")

// harmless are toxics under which every request must succeed.
var harmless = map[string][]string{
	"latency": {
		`{"type": "latency", "stream": "downstream", "attributes": {"latency": 20, "jitter": 15}}`,
		`{"type": "latency", "stream": "upstream", "attributes": {"latency": 5, "jitter": 5}}`,
	},
	"slices": {
		`{"type": "slicer", "stream": "downstream", "attributes": {"average_size": 600, "size_variation": 590, "delay": 10}}`,
		`{"type": "slicer", "stream": "upstream", "attributes": {"average_size": 600, "size_variation": 590, "delay": 10}}`,
	},
	"tiny-slices-of-heads": {
		`{"type": "slicer", "stream": "downstream", "attributes": {"average_size": 40, "size_variation": 39, "delay": 0}}`,
	},
	"bandwidth":  {`{"type": "bandwidth", "stream": "downstream", "attributes": {"rate": 2000}}`},
	"slow-close": {`{"type": "slow_close", "stream": "downstream", "attributes": {"delay": 300}}`},
}

// harmful are toxics under which some requests must fail, and some may not.
var harmful = map[string][]string{
	"reset-at-once":       {`{"type": "reset_peer", "stream": "downstream", "toxicity": 0.5, "attributes": {"timeout": 0}}`},
	"reset-soon":          {`{"type": "reset_peer", "stream": "downstream", "attributes": {"timeout": 30}}`},
	"reset-upstream":      {`{"type": "reset_peer", "stream": "upstream", "attributes": {"timeout": 30}}`},
	"cut-answers":         {`{"type": "limit_data", "stream": "downstream", "attributes": {"bytes": 100000}}`},
	"cut-requests":        {`{"type": "limit_data", "stream": "upstream", "attributes": {"bytes": 100000}}`},
	"cut-early":           {`{"type": "limit_data", "stream": "downstream", "attributes": {"bytes": 1700}}`},
	"swallow-answers":     {`{"type": "timeout", "stream": "downstream", "toxicity": 0.3, "attributes": {"timeout": 0}}`},
	"swallow-requests":    {`{"type": "timeout", "stream": "upstream", "toxicity": 0.3, "attributes": {"timeout": 0}}`},
	"swallow-and-end":     {`{"type": "timeout", "stream": "downstream", "toxicity": 0.5, "attributes": {"timeout": 100}}`},
	"slow-close-and-cuts": {`{"type": "slow_close", "stream": "downstream", "attributes": {"delay": 200}}`, `{"type": "limit_data", "stream": "upstream", "attributes": {"bytes": 60000}}`},
	"slices-and-resets": {
		`{"type": "slicer", "stream": "downstream", "attributes": {"average_size": 300, "size_variation": 290, "delay": 20}}`,
		`{"type": "reset_peer", "stream": "downstream", "toxicity": 0.7, "attributes": {"timeout": 50}}`,
	},
}

// limit is each time-out of a client; patience is far above the sum of them, of
// several tries, and of the wait of each for all others.
const (
	limit    = 700 * time.Millisecond
	ample    = 30 * time.Second
	patience = 2 * time.Minute
)

func TestHarmlessFaultsDoNoHarm(t *testing.T) {
	each(t, harmless, func(t *testing.T, p *path) {
		m := newMix(t, p, ample)
		m.send(60)
		if m.failed > 0 {
			t.Errorf("%d requests failed", m.failed)
		}
	})
}

func TestHarmfulFaultsGiveTheRightBytesOrAnError(t *testing.T) {
	each(t, harmful, func(t *testing.T, p *path) {
		m := newMix(t, p, limit)
		m.send(40)
		// Under TLS a fault that befalls some of the connections befalls their
		// handshakes, and the requests that began those may take one that is sound.
		if m.failed == 0 && !(p.policy != nil && p.some) {
			t.Error("no request failed: the fault did not happen")
		}
	})
}

// TestProxyThatGoesAndComes ends all connections, and the listener, now and then.
func TestProxyThatGoesAndComes(t *testing.T) {
	each(t, map[string][]string{"plain-tcp": nil}, func(t *testing.T, p *path) {
		m := newMix(t, p, limit)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			m.send(400)
		}()
		for {
			select {
			case <-ended:
				return
			case <-time.After(60 * time.Millisecond):
			}
			p.proxy.Stop()
			time.Sleep(5 * time.Millisecond)
			if err := p.proxy.Start(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// each plays a set of faults, over TCP and under TLS.
func each(t *testing.T, faults map[string][]string, play func(*testing.T, *path)) {
	t.Logf("-seed %d", *seed)
	for name, toxics := range faults {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/tls-%v", name, secure), func(t *testing.T) {
				play(t, lay(t, secure, toxics))
			})
		}
	}
}

// mix is a client that sends requests of all shapes at once.
type mix struct {
	t    *testing.T
	path *path
	s    *aiohttp.Session
	c    *connector.Connector

	mu            sync.Mutex
	right, failed int
}

func newMix(t *testing.T, p *path, limit time.Duration) *mix {
	c := connector.New(connector.Options{MaxConns: 16, TLS: p.policy, Timeouts: connector.Timeouts{
		Pool: ample, Connect: limit, TLS: limit, Write: limit, Head: limit, BodyStall: limit,
	}})
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	t.Cleanup(func() { s.Close(); c.Close() })
	return &mix{t: t, path: p, s: s, c: c}
}

// send sends n requests, some of which are canceled, and then looks whether
// anything is left of them.
func (m *mix) send(n int) {
	var all sync.WaitGroup
	slots := make(chan struct{}, 40)
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			r := rand.New(rand.NewPCG(*seed, uint64(i)))
			m.ask(r, echo.Random(r, fmt.Sprint(i)))
		})
	}
	all.Wait()
	// What was begun to be opened by requests that took others ends by its time-outs.
	s := m.c.Stats()
	for start := time.Now(); s.Open != s.Idle && time.Since(start) < patience; s = m.c.Stats() {
		time.Sleep(10 * time.Millisecond)
	}
	if s.Open != s.Idle || s.Waiting != 0 {
		m.t.Errorf("left: %+v", s)
	}
	m.t.Logf("%d right, %d failed", m.right, m.failed)
}

// ask sends a request, and again while that is safe.
func (m *mix) ask(r *rand.Rand, q echo.Request) {
	for try := 1; try <= 3; try++ {
		err, ended := m.try(r, q)
		if seen := m.path.times(q.ID); !q.Repeatable() && seen > 1 || seen > 2*try {
			m.t.Errorf("%+v: the site saw it %d times in %d tries", q, seen, try)
		}
		if ended && err != nil {
			return // counts for nothing
		}
		m.mu.Lock()
		if err == nil {
			m.right++
		} else {
			m.failed++
		}
		m.mu.Unlock()
		if !connector.SafeToRetry(err) {
			return
		}
	}
}

// try sends a request once; ended tells whether it was canceled.
func (m *mix) try(r *rand.Rand, q echo.Request) (err error, ended bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if ended = r.IntN(10) == 0; ended {
		defer time.AfterFunc(time.Duration(r.IntN(30_000))*time.Microsecond, cancel).Stop()
	}
	err = q.Send(ctx, m.s, m.path.url())
	var wrong *echo.WrongError
	switch {
	case err == nil:
	case errors.As(err, &wrong):
		m.t.Error(wrong)
	case errors.Is(err, context.DeadlineExceeded):
		m.t.Errorf("%+v: it hung: %v", q, err)
	default:
		if complaint := q.Complaint(err, m.path.addr, ended); complaint != "" {
			m.t.Errorf("%+v: %s", q, complaint)
		}
	}
	return err, ended
}
