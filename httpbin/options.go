package httpbin

import (
	"math"
	"time"
)

// Defaults of [Options]; both are httpbin.org's own.
const (
	defaultMaxBodyBytes = 1 << 20
	defaultMaxDelay     = 10 * time.Second
)

// What "no limit" stands for: the most that every endpoint can count on a
// 32-bit system, and a time that can still be added to now.
const (
	unlimitedBodyBytes = math.MaxInt32
	unlimitedDelay     = 365 * 24 * time.Hour
)

// Options bounds what a visitor can ask the site for. The zero value is ready
// to use. It is copied by every function that takes it.
type Options struct {
	// MaxBodyBytes bounds a request body, and the body of an answer whose size
	// the visitor chooses, in bytes. Zero means 1 MiB, negative 2 GiB. Some
	// endpoints build the body in memory. /bomb has a limit of its own, 256 MiB
	// after decompression.
	MaxBodyBytes int64

	// MaxDelay bounds the time that an answer takes on request, as in /delay,
	// /drip and /sse. Zero means 10 s, negative no limit.
	MaxDelay time.Duration
}

// withDefaults gives the options with the defaults filled in.
func (o Options) withDefaults() Options {
	switch {
	case o.MaxBodyBytes == 0:
		o.MaxBodyBytes = defaultMaxBodyBytes
	case o.MaxBodyBytes < 0:
		o.MaxBodyBytes = unlimitedBodyBytes
	}
	switch {
	case o.MaxDelay == 0:
		o.MaxDelay = defaultMaxDelay
	case o.MaxDelay < 0:
		o.MaxDelay = unlimitedDelay
	}
	return o
}
