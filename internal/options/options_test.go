package options_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

func TestOneGivesTheOnlyOneOrNone(t *testing.T) {
	if got := options.One[int]("f", nil); got != 0 {
		t.Errorf("none: got %d", got)
	}
	if got := options.One("f", []int{7}); got != 7 {
		t.Errorf("one: got %d", got)
	}
}

func TestOnePanicsForMore(t *testing.T) {
	defer func() {
		if got, want := recover(), "pkg: New takes its options at most once"; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}()
	options.One("pkg: New", []int{1, 2})
}
