package shell_test

import (
	"bytes"
	"fmt"
	"strconv"
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

// printed does what printf does with a format that Print writes.
func printed(format string) (text []byte, ok bool) {
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '%' && strings.HasPrefix(format[i:], "%%"):
			i++
			text = append(text, '%')
		case c == '\\' && len(format) >= i+4:
			n, err := strconv.ParseUint(format[i+1:i+4], 8, 8)
			if err != nil {
				return nil, false
			}
			i += 3
			text = append(text, byte(n))
		case c == '%', c == '\\', c == '\'', c < ' ', c > '~', c == '-' && i == 0:
			return nil, false
		default:
			text = append(text, c)
		}
	}
	return text, true
}

func FuzzPrint(f *testing.F) {
	for _, s := range []string{"", "plain", "-n", "100%\\n'", "\x00\xff", "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		command := shell.Print(content)
		format, ok := strings.CutPrefix(command, "printf '")
		format, closed := strings.CutSuffix(format, "'")
		if got, valid := printed(format); !ok || !closed || !valid || !bytes.Equal(got, content) {
			t.Fatalf("%q became %s, which prints %q", content, command, got)
		}
	})
}
