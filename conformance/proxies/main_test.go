//go:build unix

package proxies_test

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if err := install(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, p := range programs {
		if _, ok := find(p.name); !ok {
			fmt.Fprintf(os.Stderr, "%s is not installed, and left out; CI=true or TEST_INSTALL=1 installs it\n", p.name)
		}
	}
	os.Exit(m.Run())
}
