package fetch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// A Job fetches a list once. Its methods are safe for concurrent use.
type Job struct {
	opts    Options
	session *aiohttp.Session
	store   *store

	connector *connector.Connector // of the job's own session, else nil

	// Replaced by tests: onStore is called with the store before it is used,
	// send makes one attempt.
	onStore func(*store)
	send    func(context.Context, *worker, *task) attempt

	abort context.CancelCauseFunc

	mu       sync.Mutex
	sched    *schedule
	workers  []*worker
	tally    tally
	read     int64
	listDone bool
	fatal    error
	drained  bool

	handler sync.Mutex // held while OnResult runs, without mu so that it may ask for a Snapshot
	ended   bool       // OnResult is not called any more; changes with handler and mu held

	// Used by the goroutine that reads the list only.
	names  nameTable
	item   Item // the one that is planned
	target target
}

// New makes a job; nothing is read, sent or written before Run.
func New(o Options) (*Job, error) {
	if o.Concurrency < 0 {
		return nil, fmt.Errorf("fetch: Concurrency of %d", o.Concurrency)
	}
	send := func(ctx context.Context, w *worker, t *task) attempt { return w.send(ctx, t) }
	return &Job{opts: o.withDefaults(), send: send}, nil
}

// Run makes a job and runs it.
func Run(ctx context.Context, o Options, items iter.Seq2[Item, error]) (Summary, error) {
	j, err := New(o)
	if err != nil {
		return Summary{}, err
	}
	return j.Run(ctx, items)
}

var errRunTwice = errors.New("fetch: a Job runs once")

// Run fetches items and returns when all are done with, or when it was stopped:
// by Drain, or by the end of ctx. Then what is in flight is abandoned, but the
// parts of large files that can be resumed stay, in a hidden folder in the
// output folder. The same call again goes on: what is whole is skipped.
//
// An item that fails is no error of Run: it is counted, and given to OnResult.
// An error yielded by items is an item that failed. Run returns an error if the
// job could not do its work: a [*StoreError] if nothing can be written, what
// OnResult returned, the cause of ctx if that ended. The summary is valid in any case.
//
// items is read in a goroutine of its own. If the job is stopped while items
// waits for something, Run does not wait for it: that goroutine ends when items
// yields or ends.
func (j *Job) Run(ctx context.Context, items iter.Seq2[Item, error]) (Summary, error) {
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	if err := j.begin(abort); err != nil {
		return Summary{}, err
	}
	defer j.end()
	stopped := context.AfterFunc(ctx, j.sched.stop)
	defer stopped()

	go j.feed(items)
	var wg sync.WaitGroup
	for _, w := range j.workers {
		wg.Go(func() { w.run(ctx) })
	}
	wg.Wait()
	j.handler.Lock()
	defer j.handler.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	j.tally.Left = j.read - j.tally.Done()
	j.tally.Stopped = (j.drained || ctx.Err() != nil) && (!j.listDone || j.tally.Left > 0)
	j.tally.Concurrency = j.sched.width()
	s := j.tally.summary()
	j.tally.Elapsed = s.Elapsed
	switch {
	case j.fatal != nil:
		return s, j.fatal
	case s.Stopped:
		return s, context.Cause(ctx)
	}
	return s, nil
}

// begin makes what a run needs.
func (j *Job) begin(abort context.CancelCauseFunc) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sched != nil {
		return errRunTwice
	}
	store, err := openStore(j.opts.Dir)
	if err != nil {
		return err
	}
	if j.onStore != nil {
		j.onStore(store)
	}
	j.store, j.abort, j.session = store, abort, j.opts.Session
	if j.session == nil {
		j.connector = connector.New(connector.Options{MaxConns: j.opts.MaxConns()})
		j.session = aiohttp.NewSession(aiohttp.Options{Connector: j.connector, DisableCookies: true})
	}
	j.tally = newTally()
	j.sched = newSchedule(j.opts)
	j.workers = make([]*worker, j.opts.Concurrency)
	for i := range j.workers {
		j.workers[i] = &worker{job: j, id: i}
	}
	if j.drained {
		j.sched.stop()
	}
	return nil
}

// end gives back what begin made.
func (j *Job) end() {
	j.store.close()
	if j.connector != nil {
		j.session.Close()
		j.connector.Close()
	}
}

// Drain lets what is in flight end and begins nothing more. Run then returns.
func (j *Job) Drain() {
	j.mu.Lock()
	j.drained = true
	sched := j.sched
	j.mu.Unlock()
	if sched != nil {
		sched.stop()
	}
}

// feed reads the list.
func (j *Job) feed(items iter.Seq2[Item, error]) {
	n := 0
	for it, err := range items {
		if j.sched.isStopped() {
			return
		}
		n++
		j.mu.Lock()
		j.read++
		j.mu.Unlock()
		key, name := "", ""
		if j.item = it; err == nil {
			key, name, err = j.plan(&j.item, n)
		}
		if err != nil {
			j.refuse(&j.item, err)
			continue
		}
		if !j.sched.add(it, key, name, n) {
			return
		}
	}
	j.mu.Lock()
	j.listDone = true
	j.mu.Unlock()
	j.sched.end()
}

// plan checks an item and gives its host and the name of its file.
func (j *Job) plan(it *Item, n int) (key, name string, err error) {
	t := &j.target
	if *t, err = it.target(n); err != nil {
		return "", "", err
	}
	if it.method() == "HEAD" { // has no body
		return t.key(), "", nil
	}
	name, collides, err := j.opts.Layout.resolve(t, it)
	if err == nil && collides {
		err = j.names.take(name, n, t.hash(it.variant()))
	}
	return t.key(), name, err
}

// refuse records an item that cannot even be tried.
func (j *Job) refuse(it *Item, err error) {
	line := it.Line
	if e, ok := errors.AsType[*LineError](err); ok {
		line = e.Line
	} else if line > 0 {
		err = &LineError{Line: line, Err: err}
	}
	j.record(&Result{Line: line, URL: it.URL, Err: err, Meta: it.Meta}, &attempt{}, 0)
}

// record counts a result, and attempt n which led to it if that was not counted
// yet, and hands the result out.
func (j *Job) record(r *Result, a *attempt, n int) {
	if j.opts.OnResult != nil {
		j.handler.Lock()
		defer j.handler.Unlock()
	}
	j.mu.Lock()
	ended := j.ended // for the reader of a list that outlived Run
	if !ended {
		if a.uncounted {
			j.tally.count(a, n)
		}
		j.tally.add(r)
	}
	j.mu.Unlock()
	if ended || j.opts.OnResult == nil {
		return
	}
	if err := j.opts.OnResult(*r); err != nil {
		j.fail(err)
	}
}

// count adds what attempt n at an item cost, if there is no result of it.
func (j *Job) count(a *attempt, n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tally.count(a, n)
	a.uncounted = false
}

// fail ends the job.
func (j *Job) fail(err error) {
	j.mu.Lock()
	if j.fatal == nil {
		j.fatal = err
	}
	j.mu.Unlock()
	j.abort(err)
}

// A nameTable remembers which names were given to which requests, as hashes:
// about 40 bytes a name.
type nameTable struct {
	seed  maphash.Seed
	taken map[uint64]owner
}

type owner struct{ n, request uint32 }

// take gives name to item n, unless another request has it.
func (t *nameTable) take(name string, n int, request string) error {
	if t.taken == nil {
		t.seed, t.taken = maphash.MakeSeed(), make(map[uint64]owner)
	}
	// Two names that differ in case are one on macOS and Windows.
	key := maphash.String(t.seed, strings.ToLower(name))
	mine := owner{n: uint32(n), request: uint32(maphash.String(t.seed, request))}
	if first, ok := t.taken[key]; !ok {
		t.taken[key] = mine
	} else if first.request != mine.request {
		return fmt.Errorf("output %q: %w by item %d", name, ErrNameTaken, first.n)
	}
	return nil
}
