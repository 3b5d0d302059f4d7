package connector

// list is a doubly linked list whose links lie in the elements themselves, so
// that joining and leaving it allocates nothing. The zero value is empty.
type list[T any, P linked[T]] struct {
	head, tail P
	len        int
}

// links are what an element of a list bears; an element is in one list at most.
type links[T any] struct {
	prev, next *T
	queued     bool
}

type linked[T any] interface {
	*T
	links() *links[T]
}

func (l *list[T, P]) front() P { return l.head }

func (l *list[T, P]) pushBack(e P) {
	k := e.links()
	k.prev, k.next, k.queued = l.tail, nil, true
	if l.tail == nil {
		l.head = e
	} else {
		l.tail.links().next = e
	}
	l.tail = e
	l.len++
}

// insert puts e behind at; a nil at is the front.
func (l *list[T, P]) insert(e, at P) {
	if at == l.tail {
		l.pushBack(e)
		return
	}
	next := l.head
	if at != nil {
		next = at.links().next
		at.links().next = e
	} else {
		l.head = e
	}
	k := e.links()
	k.prev, k.next, k.queued = at, next, true
	P(next).links().prev = e
	l.len++
}

func (l *list[T, P]) remove(e P) {
	k := e.links()
	if k.prev == nil {
		l.head = k.next
	} else {
		P(k.prev).links().next = k.next
	}
	if k.next == nil {
		l.tail = k.prev
	} else {
		P(k.next).links().prev = k.prev
	}
	*k = links[T]{}
	l.len--
}
