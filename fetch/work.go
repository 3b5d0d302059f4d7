package fetch

import "context"

// run works until there is nothing more to do.
func (w *worker) run(ctx context.Context) {
	for {
		t, down := w.job.sched.next(w.last)
		w.last = nil
		if t == nil {
			return
		}
		if ctx.Err() != nil { // next has not heard of it yet
			w.leave(t)
			continue
		}
		w.work(ctx, t, down)
	}
}

// work brings a task one attempt further.
func (w *worker) work(ctx context.Context, t *task, down error) {
	j := w.job
	if down != nil {
		w.finish(t, &attempt{err: &downError{last: down}}, NotSkipped)
		return
	}
	if t.name != "" && !t.claimed {
		if !j.store.claim(t.name) {
			w.finish(t, &attempt{}, Duplicate)
			return
		}
		t.claimed = true
		there, ours, err := j.store.present(t.name)
		if outOfFiles(err) {
			j.store.release(t.name)
			t.claimed = false
			w.failed(ctx, t, &attempt{err: err})
			return
		}
		if err != nil {
			w.finish(t, &attempt{err: err}, NotSkipped)
			return
		}
		if there && (ours || !j.opts.Overwrite) {
			w.finish(t, &attempt{}, Exists)
			return
		}
	}
	t.attempts++
	w.watch(t)
	a := j.send(ctx, w, t)
	a.uncounted = true
	t.answered = a.status != 0
	if a.err == nil {
		w.finish(t, &a, NotSkipped)
		return
	}
	w.failed(ctx, t, &a)
}

// failed decides what becomes of a task whose attempt failed.
func (w *worker) failed(ctx context.Context, t *task, a *attempt) {
	j := w.job
	crowded := ctx.Err() == nil && j.crowded(t, a)
	switch {
	case crowded && a.uncounted && !t.answered:
		t.attempts-- // it was not sent
	case a.uncounted:
		j.count(a, t.attempts)
	}
	if crowded {
		w.watch(nil)
		j.sched.retry(t, 0)
		return
	}
	if ctx.Err() != nil {
		w.leave(t)
		return
	}
	if endsJob(a.err) {
		j.store.abandonPart(t)
		j.fail(a.err)
		w.leave(t)
		return
	}
	// A download that moves on is not given up. It must get farther than ever
	// before: a server that lets it begin anew for ever must not keep it.
	if reached := a.offset + a.received; a.offset > 0 && reached >= t.reached+resumeBytes {
		t.tries, t.reached = 0, reached
	}
	t.tries++
	v := j.opts.judge(t, a.err, a.retryAfter)
	if v.mute {
		j.sched.strike(t, a.err, v.final, j.opts.backoff)
	}
	if v.pause {
		j.sched.pause(t, v.wait)
	}
	if !v.again {
		j.store.abandonPart(t)
		w.finish(t, a, NotSkipped)
		return
	}
	w.watch(nil)
	j.sched.retry(t, v.wait)
}

// leave lets go of a task that is done with or that a stop interrupted.
func (w *worker) leave(t *task) {
	if t.claimed {
		w.job.store.release(t.name)
	}
	w.watch(nil)
	w.last = t
}

// finish records what became of a task.
func (w *worker) finish(t *task, a *attempt, skipped Skip) {
	r := Result{
		Line: t.item.Line, URL: t.item.URL, FinalURL: a.finalURL, Status: a.status,
		SHA256: a.sum, Attempts: t.attempts, Skipped: skipped, Err: a.err,
		Elapsed: a.elapsed, Meta: t.item.Meta,
	}
	if t.name != "" && a.err == nil {
		if w.job.opts.OnResult != nil {
			r.File = w.job.store.shown(t.name)
		}
		r.Bytes, r.Resumed = a.offset+a.received, a.offset
	}
	if a.elapsed > 0 {
		r.Started, r.Timings = t.began, w.timings
	}
	w.job.record(&r, a, t.attempts)
	w.leave(t)
}
