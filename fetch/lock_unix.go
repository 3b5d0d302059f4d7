//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package fetch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes the lock of f, unless another process has it. The system gives
// it back when the process ends, however it ends. A file system without locks
// counts as locked: it is no reason not to download.
func tryLock(f *os.File) bool {
	err := retryInterrupted(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	return !errors.Is(err, unix.EWOULDBLOCK)
}
