//go:build unix

package viewers_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"chromium", "firefox-esr"} {
		if _, err := exec.LookPath(name); err != nil {
			fmt.Fprintf(os.Stderr, "%s is not installed, and left out\n", name)
		}
	}
	testnet.Main(m)
}
