package middleware

import "sync"

// hosts keeps a state for each host. Its lock guards the states, too.
type hosts[S any] struct {
	sync.Mutex
	most int           // how many are kept
	idle func(*S) bool // the state says nothing that a new one does not
	rest func(*S) bool // nobody is using the state
	m    map[string]*S
}

// get gives the state of a host, a new one by make where there is none. The lock
// is held. When there are too many, those that say nothing are forgotten, or
// else all that are not in use.
func (h *hosts[S]) get(host string, make func() *S) *S {
	if s, ok := h.m[host]; ok {
		return s
	}
	if h.m == nil {
		h.m = map[string]*S{}
	}
	if len(h.m) >= h.most {
		h.forget(h.idle)
	}
	if len(h.m) >= h.most {
		h.forget(h.rest)
	}
	s := make()
	h.m[host] = s
	return s
}

func (h *hosts[S]) forget(which func(*S) bool) {
	for name, s := range h.m {
		if which(s) {
			delete(h.m, name)
		}
	}
}
