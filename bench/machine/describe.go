package machine

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Describe gives the machine in one line: processor, cores, kernel, Go.
func Describe() (string, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "", fmt.Errorf("uname: %w", err)
	}
	return fmt.Sprintf("%s, %d cores, Linux %s, %s/%s, %s", processor(), runtime.NumCPU(),
		unix.ByteSliceToString(name.Release[:]), runtime.GOOS, runtime.GOARCH, runtime.Version()), nil
}

// processor gives the name of the processor, if the kernel tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
