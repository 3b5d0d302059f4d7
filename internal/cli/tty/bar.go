package tty

import "strings"

// Bar draws a bar of the given share (0 to 1) in width columns, to an eighth
// of a column where the screen has the characters for it. The rest is blank.
func (s *Screen) Bar(share float64, width int) string {
	share = min(max(share, 0), 1)
	if !s.Unicode {
		n := int(share*float64(width) + 0.5)
		return strings.Repeat("#", n) + strings.Repeat(" ", width-n)
	}
	eighths := int(share*float64(width)*8 + 0.5)
	full, rest := eighths/8, eighths%8
	out := strings.Repeat("█", full)
	if rest > 0 {
		out += string([]rune("▏▎▍▌▋▊▉")[rest-1])
		full++
	}
	return out + strings.Repeat(" ", width-full)
}

// Span draws a bar from one point of a line to another, both as shares of it
// (0 to 1), in width columns. Anything that took time at all is given half a
// column, so that no phase is invisible.
func (s *Screen) Span(from, to float64, width int) string {
	halves := 2 * width
	a := min(int(min(max(from, 0), 1)*float64(halves)+0.5), halves-1)
	b := min(max(int(min(max(to, 0), 1)*float64(halves)+0.5), a+1), halves)
	var out strings.Builder
	for cell := range width {
		left, right := inside(2*cell, a, b), inside(2*cell+1, a, b)
		switch {
		case !left && !right:
			out.WriteByte(' ')
		case !s.Unicode:
			out.WriteByte('#')
		case left && right:
			out.WriteString("█")
		case left:
			out.WriteString("▌")
		default:
			out.WriteString("▐")
		}
	}
	return out.String()
}

func inside(x, a, b int) bool { return a <= x && x < b }
