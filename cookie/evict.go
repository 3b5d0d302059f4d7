package cookie

import (
	"cmp"
	"slices"
)

// evictExcess keeps the limits after a cookie was added to b. Expired cookies, the
// first to go, have gone before.
//
// "When the user agent removes excess cookies from the cookie store, the user agent
// MUST evict cookies in the following priority order: Expired cookies. Cookies whose
// secure-only-flag is false, and which share a domain field with more than a
// predetermined number of other cookies. Cookies that share a domain field with more
// than a predetermined number of other cookies. All cookies. If two cookies have the
// same removal priority, the user agent MUST evict the cookie with the earliest
// last-access-time first."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
//
// The predetermined number is the limit of a domain, and no domain stays above it.
// So the second and third kind exist in b only, and the fourth is what is left when
// the jar is full.
func (s *store) evictExcess(b *bucket) {
	if len(b.entries) > s.maxPerDomain {
		s.remove(b, leastWanted(b.entries))
	}
	if s.count.Load() > int64(s.maxCookies) {
		s.evictOldest()
	}
}

// leastWanted gives the index of the least recently used cookie without Secure, or
// of all if all are Secure.
func leastWanted(entries []*entry) int {
	least := 0
	for i, e := range entries {
		if order := compareSecure(e, entries[least]); order < 0 || order == 0 && byAccess(e, entries[least]) < 0 {
			least = i
		}
	}
	return least
}

func compareSecure(a, b *entry) int {
	switch {
	case a.Secure == b.Secure:
		return 0
	case b.Secure:
		return -1
	}
	return 1
}

func byAccess(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.access.Load(), b.access.Load()), cmp.Compare(a.seq, b.seq))
}

// victims are the least recently used cookies of the whole store, the oldest first,
// as they were when they were picked. One that was used since is passed over: time
// only moves it behind all that were not picked. So one scan of the store serves
// many evictions, and each is of the true oldest.
type victims []victim

type victim struct {
	entry  *entry
	access int64
}

func (s *store) evictOldest() {
	for {
		if len(s.oldest) == 0 {
			s.oldest = s.pickVictims()
		}
		v := s.oldest[0]
		s.oldest = s.oldest[1:]
		if v.entry.removed || v.entry.access.Load() != v.access {
			continue
		}
		b := s.domains[v.entry.Domain]
		s.remove(b, slices.Index(b.entries, v.entry))
		return
	}
}

// pickVictims is called with a full store only, so that it always finds one.
func (s *store) pickVictims() victims {
	const share = 16 // of the store; a scan is paid for by so many evictions
	all := make([]*entry, 0, s.count.Load())
	for _, b := range s.domains {
		all = append(all, b.entries...)
	}
	slices.SortFunc(all, byAccess)
	picked := make(victims, 1+len(all)/share)
	for i := range picked {
		picked[i] = victim{entry: all[i], access: all[i].access.Load()}
	}
	return picked
}
