package fetch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/fetch"
)

func TestExpand(t *testing.T) {
	tests := []struct {
		pattern string
		want    []string
	}{
		{"", []string{""}},
		{"http://h/a?b=c", []string{"http://h/a?b=c"}},
		{"p{8..11}", []string{"p8", "p9", "p10", "p11"}},
		{"{08..11}", []string{"08", "09", "10", "11"}},
		{"{8..011}", []string{"008", "009", "010", "011"}},
		{"{3..1}", []string{"3", "2", "1"}},
		{"{-1..1}", []string{"-1", "0", "1"}},
		{"{-01..1}", []string{"-01", "000", "001"}},
		{"{0..100..50}", []string{"0", "50", "100"}},
		{"{0..5..3}", []string{"0", "3"}},
		{"{5..0..3}", []string{"5", "2"}},
		{"{a..c}", []string{"a", "b", "c"}},
		{"{c..a..2}", []string{"c", "a"}},
		{"{7..7}", []string{"7"}},
		{"{a,b}{1..2}", []string{"a1", "a2", "b1", "b2"}},
		{"x{,s}", []string{"x", "xs"}},
		{"{a,b{1..2},{c,d}e}", []string{"a", "b1", "b2", "ce", "de"}},
		{`\{a,b\}`, []string{"{a,b}"}},
		{`{a\,b,c}`, []string{"a,b", "c"}},
		{`a\\b`, []string{`a\b`}},
		{"a,b", []string{"a,b"}},
		{"{9223372036854775806..9223372036854775807}", []string{"9223372036854775806", "9223372036854775807"}},
		{"{-9223372036854775807..-9223372036854775808}", []string{"-9223372036854775807", "-9223372036854775808"}},
		{"{-9223372036854775808..9223372036854775807..9223372036854775807}",
			[]string{"-9223372036854775808", "-1", "9223372036854775806"}},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			var got []string
			for s, err := range fetch.Expand(tt.pattern) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Expand(%q) (-want +got):\n%s", tt.pattern, diff)
			}
		})
	}
}

func TestExpandNamesWhatIsWrong(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{"a{b", "column 2: '{' is not closed"},
		{"a}b", "column 2: '}' closes nothing"},
		{"http://h/{id}", "column 10: {id} is neither"},
		{"{}", "column 1: {} is neither"},
		{"{1..2..0}", "the step must be a number above 0"},
		{"{1..2..-1}", "the step must be a number above 0"},
		{"{1..x}", `"x" is not a number`},
		{"{1..+2}", `"+2" is not a number`},
		{"{1..99999999999999999999}", "is not a number"},
		{"{1..2..3..4}", "want {from..to}"},
		{`a\`, `'\' at the end`},
		{strings.Repeat("{a,", 100), "more than 64 groups"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			n := 0
			for s, err := range fetch.Expand(tt.pattern) {
				n++
				if err == nil {
					t.Fatalf("Expand(%q) yields %q, want an error", tt.pattern, s)
				}
				if !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Expand(%q): %v, want %q in it", tt.pattern, err, tt.want)
				}
			}
			if n != 1 {
				t.Errorf("Expand(%q) yields %d times, want 1", tt.pattern, n)
			}
		})
	}
}

func TestExpandIsLazy(t *testing.T) {
	n := 0
	for range fetch.Expand("{0..999999999999}{0..999999999999}") {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("got %d values, want 3", n)
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "{1..3}", "{01..10..2}{a,b{c,d}}", `\{`, "{", "}", "{a..Z}", "{1..}", "{,}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		n := 0
		for s, err := range fetch.Expand(pattern) {
			if err != nil && (s != "" || n > 0) {
				t.Fatalf("Expand(%q): error %v after %d values", pattern, err, n)
			}
			if len(s) > 20*len(pattern)+20 {
				t.Fatalf("Expand(%q): value of %d bytes", pattern, len(s))
			}
			if n++; n == 1000 {
				break
			}
		}
		if n == 0 {
			t.Fatalf("Expand(%q) yields nothing", pattern)
		}
	})
}
