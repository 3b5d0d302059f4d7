package aio

// A heap is a store that gives the least item first, and of items that compare
// as equal the one that was pushed first.
type heap[T any] struct {
	compare func(a, b T) int
	nodes   []heapNode[T]
	pushed  uint64 // number of items pushed so far
}

// A heapNode is an item, no less than the one at (i-1)/2 if it is at i.
type heapNode[T any] struct {
	item  T
	order uint64 // items pushed before it
}

func (h *heap[T]) len() int { return len(h.nodes) }

func (h *heap[T]) push(item T) {
	h.nodes = append(h.nodes, heapNode[T]{item, h.pushed})
	h.pushed++
	for i := len(h.nodes) - 1; i > 0 && h.less(i, (i-1)/2); i = (i - 1) / 2 {
		h.swap(i, (i-1)/2)
	}
}

func (h *heap[T]) pop() T {
	item := h.nodes[0].item
	last := len(h.nodes) - 1
	h.swap(0, last)
	h.nodes[last] = heapNode[T]{} // so that the item can be collected
	h.nodes = h.nodes[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h.less(child, least) {
				least = child
			}
		}
		if least == i {
			return item
		}
		h.swap(i, least)
		i = least
	}
}

func (h *heap[T]) less(i, j int) bool {
	a, b := &h.nodes[i], &h.nodes[j]
	c := h.compare(a.item, b.item)
	return c < 0 || c == 0 && a.order < b.order
}

func (h *heap[T]) swap(i, j int) { h.nodes[i], h.nodes[j] = h.nodes[j], h.nodes[i] }
