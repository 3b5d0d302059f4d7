package tty_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

func env(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
}

func TestOpenFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tests := []struct {
		name           string
		want           tty.Color
		env            map[string]string
		color, unicode bool
	}{
		{name: "file-has-no-colors", want: tty.Auto},
		{name: "always", want: tty.Always, color: true},
		{name: "flag-beats-environment", want: tty.Always, env: map[string]string{"NO_COLOR": "1"}, color: true},
		{name: "never", want: tty.Never},
		{name: "lang", env: map[string]string{"LANG": "de_DE.UTF-8"}, unicode: true},
		{name: "lc-all-wins", env: map[string]string{"LC_ALL": "C", "LANG": "de_DE.UTF-8"}},
		{name: "spelled-utf8", env: map[string]string{"LC_CTYPE": "C.utf8"}, unicode: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tty.Open(f, tt.want, env(tt.env))
			if s.Terminal || s.Color != tt.color || s.Unicode != tt.unicode {
				t.Errorf("terminal %v, color %v, unicode %v; want false, %v, %v",
					s.Terminal, s.Color, s.Unicode, tt.color, tt.unicode)
			}
			if got := s.Width(); got != tty.DefaultWidth {
				t.Errorf("width = %d, want %d", got, tty.DefaultWidth)
			}
		})
	}
}

func TestPaint(t *testing.T) {
	s := &tty.Screen{Color: true}
	if got, want := s.Paint(tty.Red, "no"), "\x1b[31mno\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Color = false
	if got := s.Paint(tty.Red, "no"); got != "no" {
		t.Errorf("got %q, want it unpainted", got)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                  "plain",
		"grün":                   "grün",
		"\x1b]0;owned\a":         `\x1b]0;owned\x07`,
		"a\r\nb":                 `a\x0d\x0ab`,
		"bad \xff":               `bad \xff`,
		"\u0085":                 `\u0085`,
		"moc.knab\u202e.example": `moc.knab\u202e.example`,
	} {
		if got := tty.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b[2J")
	f.Add("\xff\x00\u202e")
	f.Fuzz(func(t *testing.T, in string) {
		got := tty.Clean(in)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", in, got)
		}
		if again := tty.Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q is not clean", in, got)
		}
	})
}

func TestShorten(t *testing.T) {
	s := &tty.Screen{Unicode: true}
	ascii := &tty.Screen{}
	tests := []struct{ got, want string }{
		{s.Shorten("short", 5), "short"},
		{s.Shorten("https://host/a/long/path", 11), "https…/path"},
		{ascii.Shorten("https://host/a/long/path", 12), "https../path"},
		{s.Shorten("abcdef", 2), "ab"},
		{s.Shorten("abcdef", 0), ""},
		{tty.Pad("é", 3), "é  "},
		{tty.PadLeft("é", 3), "  é"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestBars(t *testing.T) {
	s := &tty.Screen{Unicode: true}
	ascii := &tty.Screen{}
	tests := []struct{ got, want string }{
		{s.Bar(0, 4), "    "},
		{s.Bar(0.5, 4), "██  "},
		{s.Bar(0.53, 4), "██▏ "},
		{s.Bar(2, 4), "████"},
		{ascii.Bar(0.5, 4), "##  "},
		{s.Span(0.25, 0.75, 4), " ██ "},
		{s.Span(0.125, 0.5, 4), "▐█  "},
		{s.Span(0, 0, 4), "▌   "},
		{s.Span(1, 1, 4), "   ▐"},
		{ascii.Span(0.25, 0.75, 4), " ## "},
	}
	for i, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%d: got %q, want %q", i, tt.got, tt.want)
		}
	}
}
