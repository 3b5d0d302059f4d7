package fetch

import (
	"hash/maphash"
	"sync"
)

// seen remembers names approximately, in constant memory: it may take a name
// that is new for one that is known, never the other way round. It is a Bloom
// filter whose bits for one name lie in one line of the processor's cache. With
// a million names it is wrong about two in a hundred; beyond that it is
// wrong more often, which costs a look at the disk each time.
type seen struct {
	seed   maphash.Seed
	mu     sync.Mutex
	blocks []seenBlock
}

// A seenBlock is a line of cache.
type seenBlock [8]uint64

const (
	seenBlocks = 1 << 14 // 1 MiB
	seenHashes = 4
)

func newSeen() *seen { return &seen{seed: maphash.MakeSeed(), blocks: make([]seenBlock, seenBlocks)} }

// add adds a name, and reports whether it may have been there before.
func (s *seen) add(name string) bool {
	h := maphash.String(s.seed, name)
	s.mu.Lock()
	defer s.mu.Unlock()
	block := &s.blocks[h%seenBlocks]
	h /= seenBlocks
	known := true
	for range seenHashes { // nine bits of the hash for each
		word, bit := h>>6%8, uint64(1)<<(h%64)
		known = known && block[word]&bit != 0
		block[word] |= bit
		h >>= 9
	}
	return known
}
