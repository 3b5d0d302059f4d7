//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package fetch

import "golang.org/x/sys/unix"

// openFiles gives how many files the process may have open, 0 for no limit. The
// runtime has raised it as far as it could when the program began.
func openFiles() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || uint64(limit.Cur) > 1<<20 {
		return 0
	}
	return int(limit.Cur)
}
