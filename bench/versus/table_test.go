package versus_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/versus"
)

func TestTablePairsRatiosAndNamesFailures(t *testing.T) {
	const want = `### plain, 64 connections

| client | requests/s | CPU us/request (user + system) | allocs | B | net/http / this | fasthttp / this | raw / this | noisy |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
| slow (net/http) | 1000 | **40.0** (40.0 + 0.0) [30.0-90.0] | 2.0 | - | 1.00 | - | - | 0 |
| fast (ours) | 1000 | **15.0** (15.0 + 0.0) [10.0-20.0] | 2.0 | - | 2.50 | - | - | 0 |

Failed:

- ours, round 2: refused

`
	if got := versus.Made().Table(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
