package fetch

import (
	"context"
	"net/http"
	"os"
)

// OnCreate replaces how a job opens its partial files.
func (j *Job) OnCreate(f func(name string, flag int) (*os.File, error)) {
	j.onStore = func(s *store) { s.create = f }
}

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

// PartFolder is the name of the folder of partial files.
const PartFolder = partFolder
