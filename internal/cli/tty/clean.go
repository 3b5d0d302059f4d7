package tty

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text that came from elsewhere safe for a terminal: control
// characters, which could move the cursor, retitle the window or hide text,
// are written as \x1b, and so are bytes that are not UTF-8. Marks that turn the
// direction of writing become \u202e.
func Clean(text string) string {
	if !dirty(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1, r < 0x80 && unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

func dirty(text string) bool {
	if !utf8.ValidString(text) {
		return true
	}
	return strings.ContainsFunc(text, hidden)
}

// hidden holds for control and for formatting characters, the latter because
// bidirectional overrides can make one host name look like another.
func hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// Shorten gives text in at most width characters, with the middle left out: the
// start of a URL tells its host and the end its page.
func (s *Screen) Shorten(text string, width int) string {
	n := utf8.RuneCountInString(text)
	if n <= width {
		return text
	}
	dots := s.Or("…", "..")
	room := width - utf8.RuneCountInString(dots)
	if room < 2 {
		return string([]rune(text)[:max(width, 0)])
	}
	r := []rune(text)
	head := room / 2
	return string(r[:head]) + dots + string(r[n-(room-head):])
}

// Pad gives text followed by blanks up to width characters.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// PadLeft gives text after blanks up to width characters.
func PadLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text))) + text
}
