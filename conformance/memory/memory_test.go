//go:build linux

// Package memory_test holds the client to what is promised of its memory: each
// case runs in a process of its own, in which there is nothing but the client,
// and whose peak of resident memory the system tells (VmHWM). The server is in
// the process of the tests.
//
//	go test ./memory                   256 MiB a body
//	go test ./memory -mib 4096 -v      what is promised
//	go test ./memory -mib 4096 -update writes RESULTS.md anew
//
// Files are sparse, also those that the client writes: the server punches holes
// into them as they grow. TEST_MEMORY_PROFILE names a file for a profile of what a
// child has allocated.
package memory_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var (
	mebibytes = flag.Int64("mib", 256, "the size of a large body in MiB; promises are about 4096")
	update    = flag.Bool("update", false, "write RESULTS.md")
)

const (
	mebi = 1 << 20

	// promised is the peak that no body may drive the client above.
	promised = 64 * mebi
)

// large is the size of a large body.
func large() int64 { return *mebibytes * mebi }

func TestMain(m *testing.M) {
	if text := os.Getenv(orderVariable); text != "" {
		os.Exit(obey(text))
	}
	flag.Parse()
	code := m.Run()
	if code == 0 && *update {
		if err := writeResults(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// mib writes a size in bytes.
func mib(n int64) string { return fmt.Sprintf("%.1f", float64(n)/mebi) }
