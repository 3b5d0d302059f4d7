package faults_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails when a goroutine of the client's is left. Those of toxiproxy's
// are: a toxic that stops leaves what stands before it waiting.
func TestMain(m *testing.M) {
	code := m.Run()
	left := ours()
	for range 50 {
		if len(left) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
		left = ours()
	}
	if len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines are left:\n%s\n", len(left), strings.Join(left, "\n\n"))
		code = 1
	}
	os.Exit(code)
}

// ours gives the stacks of the goroutines, but this one, that are in the client or
// were started by it.
func ours() (left []string) {
	buf := make([]byte, 64<<20)
	stacks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	for _, stack := range stacks[1:] {
		if strings.Contains(stack, "aiohttp-go/aiohttp") {
			left = append(left, stack)
		}
	}
	return left
}
