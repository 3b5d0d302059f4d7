package auth

import (
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/digest"
)

// space is a protection space: what one challenge has opened, and how often the
// nonces that are in use there were used.
type space struct {
	*digest.Count
	origin string   // that has challenged
	within []prefix // what belongs to it; nil means all of the origin
}

// prefix is where a protection space lies.
type prefix struct{ origin, path string }

// newSpace makes the space of a challenge that came from a URL.
//
// "The client can use this list to determine the set of URIs for which the same
// authentication information may be sent: any URI that has a URI in this list as
// a prefix ... MAY be assumed to be in the same protection space."
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
//
// Not as RFC 7616: a prefix ends where a segment of the path does, so that
// "/admin" does not hold for "/administrator"; and a server can name others only
// where trusts says so.
func newSpace(q *digest.Question, origin string, from *url.URL, user, password string, trusts func(origin string) bool) *space {
	s := &space{Count: digest.NewCount(q, origin, user, password), origin: origin}
	if len(q.Domain) > 0 {
		s.within = []prefix{}
	}
	for _, text := range q.Domain {
		ref, err := url.Parse(text)
		if err != nil {
			continue
		}
		u := from.ResolveReference(ref)
		if where, err := originOf(u); err == nil && (where == origin || trusts(where)) {
			s.within = append(s.within, prefix{where, clean(u)})
		}
	}
	return s
}

// clean gives a URL's path without dots that lead elsewhere.
func clean(u *url.URL) string { return strings.TrimSuffix(path.Clean("/"+u.Path), "/") }

// holds tells how well a URL fits into the space; -1 means that it does not.
func (s *space) holds(origin string, u *url.URL) int {
	if s.within == nil {
		if origin == s.origin {
			return 0
		}
		return -1
	}
	best, at := -1, clean(u)
	for _, p := range s.within {
		if p.origin == origin && (at == p.path || strings.HasPrefix(at, p.path+"/")) {
			best = max(best, len(p.path)+1)
		}
	}
	return best
}

// mostSpaces bounds how many are remembered: one that is forgotten costs a
// request another challenge.
const mostSpaces = 256

// spaces are those that are known, the latest last.
type spaces struct {
	mu  sync.Mutex
	all []*space
}

// find gives the space that a URL lies in, the nearest and latest one; nil when
// there is none.
func (s *spaces) find(origin string, u *url.URL) *space {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found *space
	best := -1
	for _, sp := range s.all {
		if fit := sp.holds(origin, u); fit >= 0 && fit >= best {
			found, best = sp, fit
		}
	}
	return found
}

// like gives the space of the same nonce, where the server has given it to two
// requests, which are to be counted together; nil when there is none.
func (s *spaces) like(sp *space) *space {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.all {
		if old.origin == sp.origin && old.Question.Same(sp.Question) {
			return old
		}
	}
	return nil
}

// add remembers a space, in the place of an older one of the same realm.
func (s *spaces) add(sp *space) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.all[:0]
	for _, old := range s.all {
		if old.origin != sp.origin || old.Question.Realm != sp.Question.Realm {
			kept = append(kept, old)
		}
	}
	clear(s.all[len(kept):])
	if len(kept) == mostSpaces {
		kept = append(kept[:0], kept[1:]...)
	}
	s.all = append(kept, sp)
}

// remove forgets a space.
func (s *spaces) remove(sp *space) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, old := range s.all {
		if old == sp {
			s.all = append(s.all[:i], s.all[i+1:]...)
			return
		}
	}
}
