package connector

import "sync"

// workers are the goroutines that a connector started. The zero value is ready.
type workers struct {
	mu   sync.Mutex
	n    int
	over bool
	none chan struct{} // closed when n falls to zero after the end
}

// start runs f in a goroutine, unless the end has come: then it gives false.
func (w *workers) start(f func()) bool {
	if !w.join() {
		return false
	}
	go func() {
		defer w.done()
		f()
	}()
	return true
}

// join counts the calling goroutine in, until it calls done, unless the end has
// come.
func (w *workers) join() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return false
	}
	w.n++
	return true
}

func (w *workers) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n--
	if w.n == 0 && w.none != nil {
		close(w.none)
		w.none = nil
	}
}

// end lets no more start, and waits for those under way.
func (w *workers) end() {
	w.mu.Lock()
	w.over = true
	if w.n > 0 && w.none == nil {
		w.none = make(chan struct{})
	}
	none := w.none
	w.mu.Unlock()
	if none != nil {
		<-none
	}
}
