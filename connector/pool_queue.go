package connector

import "container/heap"

// queue holds the requests that wait. Each host has a list of its own, and a
// heap has the hosts by the turn of the first in their list: but for those that
// were found at their own limit, until one of their connections comes free. So
// to serve a request costs the same however many wait behind a host's limit.
type queue struct {
	turns uint64 // given out
	len   int    // waiting requests
	ready hostHeap
}

// hostHeap has the host whose first waiter came first at its root.
type hostHeap []*host

func (q hostHeap) Len() int           { return len(q) }
func (q hostHeap) Less(i, j int) bool { return q[i].waiting.front().turn < q[j].waiting.front().turn }
func (q hostHeap) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i+1, j+1
}

func (q *hostHeap) Push(h any) {
	*q = append(*q, h.(*host))
	h.(*host).place = len(*q)
}

func (q *hostHeap) Pop() any {
	last := len(*q) - 1
	h := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	h.place = 0
	return h
}

// number gives w its place in the order in which all came; the first is 1.
func (q *queue) number(w *waiter) {
	q.turns++
	w.turn = q.turns
}

// join puts w, who came last, behind all who wait.
func (q *queue) join(w *waiter) {
	w.host.waiting.pushBack(w)
	q.len++
	q.awaken(w.host)
}

// leave takes w out.
func (q *queue) leave(w *waiter) {
	h := w.host
	h.waiting.remove(w)
	q.len--
	switch {
	case h.place == 0:
	case h.waiting.front() == nil:
		q.rest(h)
	default:
		heap.Fix(&q.ready, h.place-1)
	}
}

// first gives the request whose turn it is; nil when nobody waits but behind the
// limits of hosts.
func (q *queue) first() *waiter {
	if len(q.ready) == 0 {
		return nil
	}
	return q.ready[0].waiting.front()
}

// rest passes h over until awaken.
func (q *queue) rest(h *host) { heap.Remove(&q.ready, h.place-1) }

// awaken is called when h may be able to serve those who wait for it.
func (q *queue) awaken(h *host) {
	if h.place == 0 && h.waiting.front() != nil {
		heap.Push(&q.ready, h)
	}
}
