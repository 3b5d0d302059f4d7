// Package soak_test lets a client live through server restarts, resets and
// cancellations, and fails when goroutines, file descriptors or the heap grow.
//
//	go test ./soak                                    ten seconds
//	go test ./soak -soak 10m -timeout 20m -v          what it is for
package soak_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/conformance/echo"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

var (
	length = flag.Duration("soak", 10*time.Second, "how long to soak")
	seed   = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random numbers")
)

const (
	workers = 32
	samples = 12                     // over the whole length
	limit   = 250 * time.Millisecond // of each wait for the server
)

// soak is the client's life.
type soak struct {
	t      *testing.T
	server *server
	own    *aiohttp.Session // dials by itself
	spied  *aiohttp.Session // its connections are known
	dialed dialed
	life   sync.RWMutex // held by each request; by a sample, so that nothing is under way
	done   atomic.Bool
	tally  tally
}

// tally counts what came of the requests.
type tally struct{ right, failed, canceled, timeouts atomic.Int64 }

func TestClientStaysAsItIs(t *testing.T) {
	t.Logf("-seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	k := &soak{t: t, server: startServer(t, *seed)}
	defer k.server.stop()
	for _, s := range []**aiohttp.Session{&k.own, &k.spied} {
		o := connector.Options{
			MaxConns: 12, IdleTimeout: time.Second, MaxConnAge: 5 * time.Second,
			Timeouts: connector.Timeouts{Pool: 10 * time.Second, Connect: 2 * time.Second, Write: limit, Head: limit, BodyStall: limit},
		}
		if s == &k.spied {
			o.DialContext = k.dialed.dial
		}
		c := connector.New(o)
		defer c.Close()
		*s = aiohttp.NewSession(aiohttp.Options{Connector: c})
		defer (*s).Close()
	}

	var all sync.WaitGroup
	for n := range uint64(workers) {
		all.Go(func() { k.work(n) })
	}
	var life []sample
	restart := time.NewTicker(400 * time.Millisecond)
	defer restart.Stop()
	look := time.NewTicker(*length / (samples + 1))
	defer look.Stop()
	for len(life) < samples {
		select {
		case <-restart.C:
			k.server.restart(r.IntN(2) == 0)
		case <-look.C:
			life = append(life, k.look())
			t.Log(life[len(life)-1])
		}
	}
	k.done.Store(true)
	all.Wait()
	t.Logf("%d right, %d failed, %d canceled, %d timed out, %d restarts", k.tally.right.Load(), k.tally.failed.Load(), k.tally.canceled.Load(), k.tally.timeouts.Load(), k.server.restarts)
	if k.tally.right.Load() < samples || k.tally.failed.Load() == 0 || k.tally.canceled.Load() == 0 {
		t.Error("too little happened to tell")
	}
	judge(t, life)
}

// work sends requests until the end.
func (k *soak) work(n uint64) {
	r := rand.New(rand.NewPCG(*seed, 1+n))
	for i := 0; !k.done.Load(); i++ {
		k.life.RLock()
		k.ask(r, fmt.Sprintf("%d-%d", n, i))
		k.life.RUnlock()
	}
}

func (k *soak) ask(r *rand.Rand, id string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := r.IntN(8) == 0
	if ended {
		defer time.AfterFunc(time.Duration(r.IntN(20_000))*time.Microsecond, cancel).Stop()
	}
	q := echo.Random(r, id)
	s := k.own
	if r.IntN(2) == 0 {
		s = k.spied
	}
	err := q.Send(ctx, s, k.server.url())
	var wrong *echo.WrongError
	var e *connector.Error
	switch {
	case err == nil:
		k.tally.right.Add(1)
		return
	case errors.As(err, &wrong):
		k.t.Error(wrong)
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		k.tally.canceled.Add(1)
	case errors.As(err, &e) && e.Limit != "":
		k.tally.timeouts.Add(1)
	default:
		k.tally.failed.Add(1)
		if e != nil && e.Phase == connector.PhaseConnect {
			time.Sleep(5 * time.Millisecond) // nobody listens
		}
	}
	if complaint := q.Complaint(err, k.server.addr, ended); wrong == nil && complaint != "" {
		k.t.Errorf("%+v: %s", q, complaint)
	}
}
