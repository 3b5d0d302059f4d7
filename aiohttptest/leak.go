package aiohttptest

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// LeakCheck fails the test when goroutines that were started since are still
// there after it, or connections to a server. Call it first, before [New]. It is
// not for parallel tests, as it would find what belongs to others; and not for
// bubbles of testing/synctest, which wait for their goroutines themselves.
func LeakCheck(t testing.TB) {
	t.Helper()
	testnet.LeakCheck(t)
}

// Main runs the tests of a package and ends the process. It fails when goroutines
// that the tests have started are still there, or connections to a server:
//
//	func TestMain(m *testing.M) { aiohttptest.Main(m) }
func Main(m *testing.M) { testnet.Main(m) }
