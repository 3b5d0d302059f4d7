package middleware

import "sync"

// budget bounds how much work a middleware adds to that of the program: a bucket
// of tokens that the program's own requests fill.
type budget struct {
	most, refill float64

	mu     sync.Mutex
	tokens float64
}

// newBudget makes a full bucket; one of a negative size is no bucket, and always
// gives.
func newBudget(size int, refill float64) *budget {
	return &budget{most: float64(size), refill: refill, tokens: float64(size)}
}

// earn puts in what one request earns.
func (b *budget) earn() {
	b.mu.Lock()
	b.tokens = min(b.tokens+b.refill, b.most)
	b.mu.Unlock()
}

// spend takes a token, if there is one.
func (b *budget) spend() bool {
	if b.most < 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	// A tenth ten times is not quite one.
	const whole = 1 - 1e-9
	if b.tokens < whole {
		return false
	}
	b.tokens--
	return true
}
