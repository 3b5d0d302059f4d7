package aio

import (
	"container/list"
	"context"
	"iter"
	"sync"
)

// A Queue hands items from those who put them to those who get them: first in,
// first out, or by priority. Those who wait are served in the order they came.
// All methods are safe for concurrent use. The zero Queue is not usable.
type Queue[T any] struct {
	capacity int // no bound if less than 1

	mu         sync.Mutex
	items      store[T]
	getters    list.List // of *party[T]; empty unless items is
	putters    list.List // of *party[T]; empty unless items is full
	closed     bool
	unfinished int           // items that were put and not reported by TaskDone
	finished   chan struct{} // closed when unfinished falls to 0; made by the first that joins
}

// A party waits in a queue, to put an item or to get one.
type party[T any] struct {
	item T
	err  error
	met  chan struct{} // closed when the wait is over; item or err are set before
}

// A store keeps the items of a queue and says which is first.
type store[T any] interface {
	len() int
	push(item T)
	pop() T // the first, of a store that has one
}

// NewQueue gives an empty queue that holds at most capacity items. A capacity
// of 0 or less means no bound, as in asyncio.
func NewQueue[T any](capacity int) *Queue[T] {
	return &Queue[T]{capacity: capacity, items: new(ring[T])}
}

// NewPriorityQueue is [NewQueue] where the first item is the least, and of items
// that compare as equal the one that was put first. compare gives a negative
// number if a is less than b, and a positive one if it is greater, as for
// [slices.SortFunc]. It must not panic, and not use the queue.
func NewPriorityQueue[T any](capacity int, compare func(a, b T) int) *Queue[T] {
	return &Queue[T]{capacity: capacity, items: &heap[T]{compare: compare}}
}

// Len gives the number of items in the queue.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items.len()
}

// Put adds an item, and waits while the queue is full. It fails with
// [ErrClosed] if the queue is closed, also while waiting, and if ctx ends first
// or has ended.
func (q *Queue[T]) Put(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return ended("put", ctx)
	}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return &opError{"put", ErrClosed}
	}
	if q.offer(item) {
		q.mu.Unlock()
		return nil
	}
	p := &party[T]{item: item, met: make(chan struct{})}
	place := q.putters.PushBack(p)
	q.mu.Unlock()
	if q.meet(ctx, p, &q.putters, place) {
		return p.err
	}
	return ended("put", ctx)
}

// TryPut adds an item and reports true, or reports false if the queue is full
// or closed.
func (q *Queue[T]) TryPut(item T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.closed && q.offer(item)
}

// Get takes the first item, and waits while the queue is empty. It fails with
// [ErrClosed] if the queue is closed and empty, and if ctx ends first or has
// ended.
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
	var zero T
	if ctx.Err() != nil {
		return zero, ended("get", ctx)
	}
	q.mu.Lock()
	if item, ok := q.take(); ok {
		q.mu.Unlock()
		return item, nil
	}
	if q.closed {
		q.mu.Unlock()
		return zero, &opError{"get", ErrClosed}
	}
	p := &party[T]{met: make(chan struct{})}
	place := q.getters.PushBack(p)
	q.mu.Unlock()
	if q.meet(ctx, p, &q.getters, place) {
		return p.item, p.err
	}
	return zero, ended("get", ctx)
}

// TryGet takes the first item and reports true, or reports false if there is
// none.
func (q *Queue[T]) TryGet() (T, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.take()
}

// All gives the items as Get does, until the queue is closed and empty or ctx
// ends.
func (q *Queue[T]) All(ctx context.Context) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			item, err := q.Get(ctx)
			if err != nil || !yield(item) {
				return
			}
		}
	}
}

// TaskDone reports that the work on an item that was taken is done; see
// [Queue.Join]. It panics if it is called more often than items were put.
func (q *Queue[T]) TaskDone() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unfinished == 0 {
		panic("aio: TaskDone called more often than items were put")
	}
	q.unfinished--
	if q.unfinished == 0 && q.finished != nil {
		close(q.finished)
		q.finished = nil
	}
}

// Join waits until TaskDone was called for every item that was put, or ctx
// ends.
func (q *Queue[T]) Join(ctx context.Context) error {
	q.mu.Lock()
	if q.unfinished == 0 {
		q.mu.Unlock()
		return nil
	}
	if q.finished == nil {
		q.finished = make(chan struct{})
	}
	finished := q.finished
	q.mu.Unlock()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return ended("join", ctx)
	}
}

// Close lets nothing in any more. Items that are in the queue can still be
// taken. It may be called again, and always returns nil.
func (q *Queue[T]) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.dismiss(&q.putters, &opError{"put", ErrClosed})
	q.dismiss(&q.getters, &opError{"get", ErrClosed})
	return nil
}

// dismiss ends the wait of all in line with an error. q.mu is held.
func (q *Queue[T]) dismiss(line *list.List, err error) {
	for line.Len() > 0 {
		p := line.Remove(line.Front()).(*party[T])
		p.err = err
		close(p.met)
	}
}

// offer gives an item to the first getter or keeps it, if there is room. q.mu
// is held.
func (q *Queue[T]) offer(item T) bool {
	if q.getters.Len() > 0 {
		p := q.getters.Remove(q.getters.Front()).(*party[T])
		p.item = item
		close(p.met)
	} else if q.capacity < 1 || q.items.len() < q.capacity {
		q.items.push(item)
	} else {
		return false
	}
	q.unfinished++
	return true
}

// take takes the first item, and lets the first putter put its own. q.mu is
// held.
func (q *Queue[T]) take() (T, bool) {
	if q.items.len() == 0 {
		var zero T
		return zero, false
	}
	item := q.items.pop()
	if q.putters.Len() > 0 {
		p := q.putters.Remove(q.putters.Front()).(*party[T])
		q.items.push(p.item)
		q.unfinished++
		close(p.met)
	}
	return item, true
}

// meet waits until the party's wait is over and reports true, or takes it out
// of its line and reports false if ctx ends first. A party that was met while
// its context ended counts as met, so that no item is lost.
func (q *Queue[T]) meet(ctx context.Context, p *party[T], line *list.List, place *list.Element) bool {
	select {
	case <-p.met:
		return true
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-p.met:
		return true
	default:
		line.Remove(place)
		return false
	}
}
