package digest

import "sync"

// Trials are the counts that belong to the requests which were challenged, until
// their answers are taken. Who enforces that counts come in their order, as squid
// does, would refuse the first answer to a nonce if another request's had overtaken
// it: so that a nonce is shared once its first answer was taken, and the request
// that was challenged succeeds with its second try whatever the others do. The zero
// value is ready, and safe for concurrent use.
type Trials struct {
	mu  sync.Mutex
	all []*Count
}

// mostTrials bounds what is remembered of requests that failed for another reason.
const mostTrials = 256

// Begin gives the count by which to answer a question that was put at a place: c,
// or that of another request which was asked the same at the same time, since then
// the two have to be counted together.
func (t *Trials) Begin(c *Count) *Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, other := range t.all {
		if other.Question.Same(c.Question) && other.Place == c.Place {
			return other
		}
	}
	if len(t.all) == mostTrials {
		t.all = append(t.all[:0], t.all[1:]...)
	}
	t.all = append(t.all, c)
	return c
}

// End forgets a count: it was taken, and is known to all, or was refused.
func (t *Trials) End(c *Count) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, other := range t.all {
		if other == c {
			t.all = append(t.all[:i], t.all[i+1:]...)
			return
		}
	}
}
