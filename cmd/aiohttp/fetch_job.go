package main

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/aiohttp-go/aiohttp/fetch"
	"github.com/aiohttp-go/aiohttp/internal/cli/display"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// shownTransfers bounds the downloads of a snapshot that reach the display.
const shownTransfers = 5

// shown is a job together with what the user sees of it.
type shown struct {
	app   *app
	job   *fetch.Job
	total *total
}

// newShown makes a job of opts over a list of the given length.
func (a *app) newShown(opts fetch.Options, n *total) (*shown, error) {
	job, err := fetch.New(opts)
	return &shown{app: a, job: job, total: n}, err
}

// run runs the job under a display and gives what came of it. The first signal
// lets it end gently; one that leaves nothing undone is forgotten.
func (s *shown) run(ctx context.Context, items iter.Seq2[fetch.Item, error]) (fetch.Summary, error) {
	s.app.stages.Gently(func() {
		s.job.Drain()
		s.app.log.note("fetch: ending: %d in flight are let finish; interrupt again to abandon them",
			s.job.Snapshot().InFlight)
	})
	stop := s.show()
	sum, err := s.job.Run(ctx, items)
	stop()
	if s.app.stages.Code() != exit.OK && err == nil && !sum.Stopped {
		// The exit code says whether there is anything left to fetch, as aria2's does.
		s.app.stages.Forget()
		s.app.log.note("fetch: nothing is left: all of the list was in flight already")
	}
	return sum, err
}

// show starts the display that suits the screen and gives what ends it.
func (s *shown) show() (stop func()) {
	log := s.app.log
	switch {
	case log.quiet:
		return func() {}
	case !s.app.stderr.Terminal || log.json != nil:
		p := display.StartPlain(func(line string) { log.note("%s", line) }, s.state)
		return p.Stop
	}
	live := display.Start(s.app.stderr, s.state)
	restore := log.through(live)
	return func() {
		live.Stop()
		restore()
	}
}

// state turns a snapshot of the job into what the display shows.
func (s *shown) state() display.State {
	snap := s.job.Snapshot()
	st := display.State{
		Elapsed: snap.Elapsed, Total: s.total.n.Load(), Bytes: snap.Bytes, InFlight: int64(snap.InFlight),
		Done: snap.Fetched + snap.Skipped + snap.Failed, Failed: snap.Failed,
		Retries: snap.Retries, Ending: snap.Stopping,
	}
	if snap.ListDone {
		st.Total = snap.Read
	}
	slices.SortFunc(snap.Transfers, func(x, y fetch.Transfer) int { return cmp.Compare(y.Age, x.Age) })
	for _, t := range snap.Transfers[:min(len(snap.Transfers), shownTransfers)] {
		st.Slowest = append(st.Slowest, display.Download{URL: t.URL, Elapsed: t.Age, Bytes: t.Bytes, Size: t.Size})
	}
	for _, r := range snap.Resting {
		st.Resting = append(st.Resting, display.Rest{
			Host: r.Host, Left: time.Until(r.Until), Down: r.Down != nil, Queued: r.Queued})
	}
	return st
}
