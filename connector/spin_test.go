package connector_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// A server that is near is looked out for each time but the first; after one that is not, the
// tries get rarer and rarer; and never while there is other work.
func TestSpinIsLeftWhereItDoesNotPay(t *testing.T) {
	for _, test := range []struct {
		name         string
		alone, found bool
		exchanges    int
		most, least  int // tries
	}{
		{"near", true, true, 1000, 999, 999},
		{"only-one", true, true, 1, 0, 0},
		{"far", true, false, 1000, 11, 5},
		{"far-for-long", true, false, 1_000_000, 1100, 900},
		{"not-alone", false, true, 1000, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			tries := connector.SpinTries(test.exchanges, test.alone, test.found)
			if tries > test.most || tries < test.least {
				t.Errorf("%d tries in %d exchanges, want %d to %d", tries, test.exchanges, test.least, test.most)
			}
		})
	}
}
