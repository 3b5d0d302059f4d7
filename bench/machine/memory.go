package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// AnonymousMemory gives the resident memory of this process in bytes that is no
// file's: the pages of its program, which come in as code is run, are left out.
func AnonymousMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	return parseMemory(string(text), "RssAnon:")
}

// parseMemory finds an entry of /proc/PID/status that is a size.
func parseMemory(status, name string) (int64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, unix.ESRCH // a process that has ended has no memory
}

// Sockets gives the number of sockets that this process has open.
func Sockets() (int, error) {
	const folder = "/proc/self/fd"
	files, err := os.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(folder, f.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n, nil
}

// OpenFiles raises the limit on open files of this process to the most that is
// allowed, and gives it.
func OpenFiles() (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("getrlimit: %w", err)
	}
	if limit.Cur < limit.Max {
		limit.Cur = limit.Max
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			return 0, fmt.Errorf("setrlimit: %w", err)
		}
	}
	return int(min(limit.Cur, 1<<30)), nil
}
