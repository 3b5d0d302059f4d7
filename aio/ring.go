package aio

// minRing is the least number of places a ring is given, to spare the first
// few growths; below it nothing is given back.
const minRing = 16

// A ring is a first-in, first-out store that grows as needed, and shrinks. Its
// zero value is empty.
type ring[T any] struct {
	places []T
	first  int // index of the oldest item
	size   int // number of items
}

func (r *ring[T]) len() int { return r.size }

// push adds an item behind all others.
func (r *ring[T]) push(item T) {
	if r.size == len(r.places) {
		r.resize(max(minRing, 2*r.size))
	}
	r.places[(r.first+r.size)%len(r.places)] = item
	r.size++
}

// pop takes the oldest item of a ring that has one.
func (r *ring[T]) pop() T {
	var zero T
	item := r.places[r.first]
	r.places[r.first] = zero
	r.first = (r.first + 1) % len(r.places)
	r.size--
	// A quarter, not a half, so that one push and one pop in turn do not
	// resize each time.
	if len(r.places) > minRing && r.size <= len(r.places)/4 {
		r.resize(len(r.places) / 2)
	}
	return item
}

// resize moves the items to a store of n places.
func (r *ring[T]) resize(n int) {
	places := make([]T, n)
	for i := range r.size {
		places[i] = r.places[(r.first+i)%len(r.places)]
	}
	r.places, r.first = places, 0
}
