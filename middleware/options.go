package middleware

import "time"

// or gives the value of a field: by default for zero, none for what is negative.
func or[N int | float64](value, byDefault, none N) N {
	switch {
	case value == 0:
		return byDefault
	case value < 0:
		return none
	}
	return value
}

// byDefault gives a duration, or its default for zero.
func byDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// positive gives a field its default, unless it is above zero.
func positive[N int | time.Duration](field *N, byDefault N) {
	if *field <= 0 {
		*field = byDefault
	}
}
