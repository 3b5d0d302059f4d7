// Package shell writes commands so that they can be pasted into a POSIX shell.
package shell

import "strings"

// safe are the characters, besides letters and digits, that mean nothing to a
// shell anywhere in a word.
const safe = "%+,-./:=@_"

// Quote writes args as one command line.
func Quote(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = word(arg)
	}
	return strings.Join(words, " ")
}

// Print writes a command that prints content, octet for octet: what no argument
// can hold, since an argument ends at a NUL, and what a terminal would obey.
//
// "In addition to the escape sequences ... "\ddd", where ddd is a one, two, or
// three-digit octal number, shall be written as a byte with the numeric value
// specified by the octal number."
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html
func Print(content []byte) string {
	var b strings.Builder
	b.WriteString("printf '")
	for i, c := range content {
		switch {
		case c == '%':
			b.WriteString("%%")
		case c == '\\' || c == '\'' || c < ' ' || c > '~', i == 0 && c == '-': // no option
			b.WriteByte('\\')
			b.WriteByte('0' + c>>6)
			b.WriteByte('0' + c>>3&7)
			b.WriteByte('0' + c&7)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// word quotes arg where it has to be.
//
// "Enclosing characters in single-quotes (”) shall preserve the literal value
// of each character within the single-quotes. A single-quote cannot occur within
// single-quotes."
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
func word(arg string) string {
	special := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(safe, r))
	}
	if arg != "" && !strings.ContainsFunc(arg, special) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
