package fetch_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("TEST_FETCH_CHILD"); dir != "" {
		childMain(dir)
		return
	}
	code := m.Run()
	if stacks := leaked(); stacks != "" && code == 0 {
		fmt.Fprintf(os.Stderr, "goroutines of this package are left:\n%s\n", stacks)
		code = 1
	}
	os.Exit(code)
}

// leaked gives the stacks of goroutines that still run code of this package. A
// goroutine that was told to end gets a few turns to do so.
func leaked() string {
	var left []string
	for range 100 {
		buf := make([]byte, 1<<20)
		left = left[:0]
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "aiohttp/fetch.") && !strings.Contains(g, "TestMain") {
				left = append(left, g)
			}
		}
		if len(left) == 0 {
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	return strings.Join(left, "\n\n")
}
