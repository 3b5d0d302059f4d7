package testnet

import (
	"fmt"
	"strconv"
	"strings"
)

// diff shows got and want quoted, line by line, side by side where they differ.
func diff(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	var b strings.Builder
	for i := range max(len(g), len(w)) {
		gl, wl := line(g, i), line(w, i)
		if gl == wl {
			if gl != "" {
				fmt.Fprintf(&b, "       %s\n", strconv.Quote(gl))
			}
			continue
		}
		if wl != "" {
			fmt.Fprintf(&b, "  want %s\n", strconv.Quote(wl))
		}
		if gl != "" {
			fmt.Fprintf(&b, "  got  %s\n", strconv.Quote(gl))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// quoteLines quotes each line of s in a line of its own.
func quoteLines(s string) string {
	if s == "" {
		return "  (nothing)"
	}
	return diff(s, s)
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
