// Package units writes sizes, durations, rates and counts the way the command
// prints them: short enough for a table of 80 columns.
//
// It only writes; nothing here can be parsed back without loss.
package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bytes writes a size with a binary unit and at most three significant digits:
// "0 B", "1.5 KiB", "12 MiB". A negative size is written as "?".
func Bytes(n int64) string {
	if n < 0 {
		return "?"
	}
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, unit := float64(n), 0
	for v >= 999.5 && unit < len(prefixes) {
		v /= 1024
		unit++
	}
	return number(v) + " " + prefixes[unit-1:unit] + "iB"
}

// prefixes holds the binary prefixes kibi to exbi; an int64 needs no more.
const prefixes = "KMGTPE"

// Rate writes bytes a second: "3.1 MiB/s".
func Rate(bytesPerSecond float64) string {
	if bytesPerSecond < 0 || math.IsNaN(bytesPerSecond) || math.IsInf(bytesPerSecond, 0) {
		return "? B/s"
	}
	return Bytes(int64(bytesPerSecond)) + "/s"
}

// PerSecond writes events a second: "41/s", "0.5/s", "1,310/s".
func PerSecond(v float64) string {
	if v >= 1000 {
		return Count(int64(v+0.5)) + "/s"
	}
	return number(v) + "/s"
}

// Duration writes a span of time in the unit that suits it, in ASCII:
// "0.31 ms", "12 ms", "1.3 s", "2m05s", "3h07m".
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Duration(-d)
	case d == 0:
		return "0 ms"
	case d < 995*time.Microsecond:
		return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
	case d < 999500*time.Microsecond:
		return number(float64(d)/float64(time.Millisecond)) + " ms"
	case d < 99950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return Clock(d)
}

// Clock writes a span of time in whole seconds, for a countdown: "41s",
// "2m05s", "3h07m", "4d02h".
func Clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 0:
		return "0s"
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
}

// Count writes a number with a comma before each group of three digits.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural gives "1 page", "2 pages", "1,200 pages".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// number writes v with one decimal below ten, so that at most three
// characters change from one refresh to the next.
func number(v float64) string {
	if v < 9.95 && v != math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// ParseBytes reads a size: a number, and a unit of B, K, M, G, T with or
// without "B" or "iB" behind it, in any case. All units are binary: "10M" is 10
// times 1,048,576. The result is positive.
func ParseBytes(text string) (int64, error) {
	digits := strings.TrimRight(text, "bBiIkKmMgGtT ")
	unit := strings.ToUpper(strings.TrimSpace(text[len(digits):]))
	if len(unit) > 1 && unit[0] != 'B' && (unit[1:] == "B" || unit[1:] == "IB") {
		unit = unit[:1]
	}
	factor := map[string]float64{"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}[unit]
	v, err := strconv.ParseFloat(digits, 64)
	v *= factor
	if err != nil || v < 1 || v >= math.MaxInt64 || math.IsNaN(v) {
		return 0, fmt.Errorf("size %q: want a number with a unit such as 500K, 10M or 1.5GiB", text)
	}
	return int64(v), nil
}
