package fetch

import (
	"context"
	"fmt"
	"net/http"
	"os"
)

// OnCreate replaces how a job opens its partial files.
func (j *Job) OnCreate(f func(name string, flag int) (*os.File, error)) {
	j.onStore = func(s *store) {
		s.create = func(name string, flag int) (file, error) {
			opened, err := f(name, flag)
			return file{os: opened}, err
		}
	}
}

// LinkViaProc makes a job name its files as older systems want it.
func (j *Job) LinkViaProc() { j.onStore = func(s *store) { s.viaProc = true } }

// Rename makes a job work without files that have no name.
func (j *Job) Rename() { j.onStore = func(s *store) { s.nameless = false } }

// OnSend replaces the sending of requests. A status of 0 with an error is a
// failure without an answer; nothing is written.
func (j *Job) OnSend(f func(ctx context.Context, it Item, attempt int) (status int, retryAfter string, err error)) {
	j.send = func(ctx context.Context, _ *worker, t *task) attempt {
		a := attempt{}
		a.status, a.retryAfter, a.err = f(ctx, t.item, t.attempts)
		if a.err == nil && a.status >= http.StatusBadRequest {
			a.err = &StatusError{Status: a.status}
		}
		return a
	}
}

// PlainTarget takes a URL apart by the short way and by net/url, and reports
// whether the short way is for it.
func PlainTarget(raw string) (short, long string, ok bool) {
	t, ok := plainTarget(raw)
	if !ok {
		return "", "", false
	}
	describe := func(t *target, err error) string {
		return fmt.Sprintf("%t %q %q %q %q %q %q %v", t.https, t.host, t.port, t.user, t.raw, t.query, t.key(), err)
	}
	item := &Item{URL: raw}
	u, err := item.parse()
	if err != nil {
		return describe(&t, nil), err.Error(), true
	}
	full := newTarget(u)
	return describe(&t, nil), describe(&full, nil), true
}

// PlainTargetOnly takes the short way.
func PlainTargetOnly(raw string) bool {
	_, ok := plainTarget(raw)
	return ok
}

// PartFolder is the name of the folder of partial files.
const PartFolder = partFolder

// RoomOf shares out a limit of open files.
func RoomOf(files, want int) (requests, resting, folders int) {
	r := roomOf(files, want)
	return r.requests, r.resting, r.folders
}
