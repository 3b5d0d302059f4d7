package coding

import (
	"errors"
	"fmt"
)

// Defaults of [Limits].
const (
	// DefaultMaxRatio is half of what deflate can do: at most 258 bytes in two bits, a
	// ratio of 1032, which bombs come near and content does not. Measured in gzip, a
	// table of numbered rows has 25, and one row again and again 300. brotli and zstd
	// have 70 and 110 for the former, and tens of thousands for the latter, which is
	// refused: they have no bound of their own.
	DefaultMaxRatio = 500

	// DefaultMaxMembers is far above what concatenated logs come with. Each member
	// sets up a decoder anew, and need not carry a single byte.
	DefaultMaxMembers = 1024
)

// ratioGraceBytes is how much may be decoded before the ratio counts: a small
// body is no bomb, and a short run of zeros is no crime.
const ratioGraceBytes = 1 << 20

// Limits bound what a body may grow to. They hold for each coding of several by
// itself. The zero value is the defaults.
type Limits struct {
	// MaxBytes is how many bytes a body may decode to. Zero or less means no limit,
	// as a body is a stream that need not be held in memory: who collects it must
	// set one.
	MaxBytes int64

	// MaxRatio is how many bytes each byte of the source may decode to on average,
	// once 1 MiB is decoded. Zero means DefaultMaxRatio, less means no limit. It tells
	// a bomb early, and is no bound by itself: 1 GiB may still come of 2 MiB.
	MaxRatio float64

	// MaxMembers is of how many gzip members a body may consist. Zero means
	// DefaultMaxMembers, less means no limit. Frames of zstd are not counted: empty
	// ones are decoded at the speed at which they come, 30 MB/s measured.
	MaxMembers int
}

func (l Limits) withDefaults() Limits {
	if l.MaxRatio == 0 {
		l.MaxRatio = DefaultMaxRatio
	}
	if l.MaxMembers == 0 {
		l.MaxMembers = DefaultMaxMembers
	}
	return l
}

// Limit says which limit a [BombError] is about.
type Limit int

const (
	// LimitBytes is [Limits.MaxBytes].
	LimitBytes Limit = iota + 1

	// LimitRatio is [Limits.MaxRatio].
	LimitRatio

	// LimitMembers is [Limits.MaxMembers].
	LimitMembers

	// LimitWindow is the 8 MiB that a zstd frame may ask the decoder to remember, or
	// the memory that codings on top of each other may take together, 44 MiB.
	LimitWindow

	// LimitCodings is how many codings may lie on top of each other: five.
	LimitCodings
)

// ErrBomb is what every [*BombError] is, for those who only compare.
var ErrBomb = errors.New("body grows too much when decoded")

// BombError is that a body crossed a limit, be it by accident or by malice.
type BombError struct {
	// Coding is the content coding that was being undone.
	Coding string

	// Limit is the limit that was crossed.
	Limit Limit

	// Max is its value.
	Max float64

	// Decoded is how many bytes had been decoded, those too many included. It is zero
	// for LimitCodings, where decoding never began.
	Decoded int64

	// Encoded is how many bytes of the source had been used for that. Several codings
	// have one source, the body itself.
	Encoded int64
}

// Is makes it [ErrBomb].
func (e *BombError) Is(target error) bool { return target == ErrBomb }

// Error says which limit it was, and the sizes.
func (e *BombError) Error() string {
	var what string
	switch e.Limit {
	case LimitBytes:
		what = fmt.Sprintf("more than %.0f bytes", e.Max)
	case LimitRatio:
		what = fmt.Sprintf("grows more than %g-fold", e.Max)
	case LimitMembers:
		what = fmt.Sprintf("more than %.0f members", e.Max)
	case LimitWindow:
		what = fmt.Sprintf("window of more than %.0f bytes", e.Max)
	case LimitCodings:
		return fmt.Sprintf("decode %s: more than %.0f codings", e.Coding, e.Max)
	}
	return fmt.Sprintf("decode %s: %s (%d bytes of %d)", e.Coding, what, e.Decoded, e.Encoded)
}
