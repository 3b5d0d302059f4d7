package fetch

import (
	"hash/maphash"
	"sync"
)

// seen remembers names approximately, in constant memory: it may take a name
// that is new for one that is known, never the other way round. It is a Bloom
// filter. With a million names it is wrong about two in a hundred; beyond that
// it is wrong more often, which costs a look at the disk each time.
type seen struct {
	seed maphash.Seed
	mu   sync.Mutex
	bits []uint64
}

const (
	seenBits   = 1 << 23 // 1 MiB
	seenHashes = 4
)

func newSeen() *seen { return &seen{seed: maphash.MakeSeed(), bits: make([]uint64, seenBits/64)} }

// add adds a name, and reports whether it may have been there before.
func (s *seen) add(name string) bool {
	h := maphash.String(s.seed, name)
	step := h>>32 | 1
	s.mu.Lock()
	defer s.mu.Unlock()
	known := true
	for range seenHashes {
		word, bit := h%seenBits/64, uint64(1)<<(h%64)
		known = known && s.bits[word]&bit != 0
		s.bits[word] |= bit
		h += step
	}
	return known
}
