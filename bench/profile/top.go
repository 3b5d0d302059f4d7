package profile

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// entries is how many functions a list has.
const entries = 15

// Top gives the functions of a program's profile that account for most, one a
// line.
func Top(ctx context.Context, program string, kind Kind, file string) (string, error) {
	args := []string{"tool", "pprof", "-top", "-nodecount=" + strconv.Itoa(entries)}
	switch kind {
	case Allocs:
		args = append(args, "-sample_index=alloc_space")
	case Mutex, Block: // who waits, not what for
		args = append(args, `-hide=^(sync|internal/sync|runtime)\.`, "-unit=seconds")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, program, file)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go tool pprof: %w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	return trimmed(string(out)), nil
}

// trimmed leaves out the lines in front that name the program, the time and the
// filter, and the functions that use nothing themselves.
func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch first := strings.Fields(line + " .")[0]; first {
		case "File:", "Build", "Type:", "Time:", "Active", "0", "0B":
		default:
			if !strings.HasPrefix(first, "hide=") {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}
