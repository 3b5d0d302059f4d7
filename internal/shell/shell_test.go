package shell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/shell"
)

func ExampleQuote() {
	fmt.Println(shell.Quote([]string{"aiohttp", "fetch", "https://h/pep-{8..9}/", "-H", "X-It: it's", ""}))
	// Output: aiohttp fetch 'https://h/pep-{8..9}/' -H 'X-It: it'\''s' ''
}

// read does what a shell does with a word of quoted parts, \' and characters
// that mean nothing. It reports anything else: no shell is run, since a mistake
// would make it obey the fuzzer.
func read(word string) (text string, ok bool) {
	for word != "" {
		switch {
		case strings.HasPrefix(word, `\'`):
			text, word = text+"'", word[2:]
		case word[0] == '\'':
			part, rest, closed := strings.Cut(word[1:], "'")
			if !closed {
				return text, false
			}
			text, word = text+part, rest
		case strings.IndexByte(" \t\n\"`$&|;<>()*?[]{}#~!\\^", word[0]) >= 0:
			return text, false
		default:
			text, word = text+word[:1], word[1:]
		}
	}
	return text, true
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "plain", "it's", "$HOME `id` \\", "*?[a]{1,2}~", "a\nb", "#x", "é!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		word := shell.Quote([]string{arg})
		if got, ok := read(word); !ok || got != arg || word == "" {
			t.Fatalf("%q became %q, which a shell reads as %q", arg, word, got)
		}
	})
}

func ExamplePrint() {
	fmt.Println(shell.Print([]byte("-100%\n'\x00\xff\\")))
	// Output: printf '\055100%%\012\047\000\377\134'
}
