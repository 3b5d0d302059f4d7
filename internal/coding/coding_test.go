package coding_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/coding"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   []string
	}{
		{"none", nil, nil},
		{"empty", []string{""}, nil},
		{"one", []string{"gzip"}, []string{"gzip"}},
		{"case", []string{"GZip"}, []string{"gzip"}},
		{"list", []string{"gzip, br"}, []string{"gzip", "br"}},
		{"lines", []string{"gzip", "br"}, []string{"gzip", "br"}},
		{"whitespace", []string{" \tgzip\t ,br "}, []string{"gzip", "br"}},
		{"empty-elements", []string{", ,gzip,, ,br,"}, []string{"gzip", "br"}},
		{"identity", []string{"identity, gzip, Identity"}, []string{"gzip"}},
		{"unknown", []string{"x-Foo"}, []string{"x-foo"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, coding.Parse(tt.values)); d != "" {
				t.Errorf("codings (-want +got):\n%s", d)
			}
		})
	}
}

func TestAcceptIsWhatIsDecoded(t *testing.T) {
	for _, name := range coding.Parse([]string{coding.Accept}) {
		if _, err := coding.NewReader(strings.NewReader(""), []string{name}, coding.Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewReaderRefuses(t *testing.T) {
	tests := []struct {
		name     string
		encoding string
		want     string
		is       func(error) bool
	}{
		{"unknown", "compress", `unknown content coding "compress"`, isUnknown},
		{"unknown-among-known", "gzip, FOO", `unknown content coding "foo"`, isUnknown},
		{"too-many", "gzip, gzip, gzip, br, br, br", `decode gzip, gzip, gzip, br, br, ...: more than 5 codings`, func(err error) bool {
			var bomb *coding.BombError
			return errors.As(err, &bomb) && bomb.Limit == coding.LimitCodings
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.NewReader("body")
			_, err := coding.NewReader(src, []string{tt.encoding}, coding.Limits{})
			if err == nil || err.Error() != tt.want || !tt.is(err) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if rest, _ := io.ReadAll(src); string(rest) != "body" {
				t.Errorf("left of the source: %q, want all", rest)
			}
		})
	}
}

func isUnknown(err error) bool { return errors.Is(err, coding.ErrUnknown) }

func FuzzParse(f *testing.F) {
	f.Add("gzip", "br")
	f.Add(" ,GZIP\t,,identity", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		codings := coding.Parse([]string{a, b})
		for _, c := range codings {
			if c == "" || c == "identity" || strings.Contains(c, ",") || strings.ToLower(c) != c {
				t.Errorf("Parse(%q, %q) gives %q", a, b, c)
			}
		}
		if d := cmp.Diff(codings, coding.Parse([]string{strings.Join(codings, ",")})); d != "" {
			t.Errorf("parsed again (-first +second):\n%s", d)
		}
	})
}
