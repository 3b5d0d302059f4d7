package doctor

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// stripped gives text without its colours.
func stripped(text string) string { return sgr.ReplaceAllString(text, "") }

// wrap breaks text between words into lines of at most width characters; a
// longer word has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

func duration(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
