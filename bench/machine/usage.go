package machine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU gives the processor time that this process has used, in user mode and in
// the kernel.
func CPU() (user, system time.Duration, err error) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, 0, fmt.Errorf("getrusage: %w", err)
	}
	return time.Duration(usage.Utime.Nano()), time.Duration(usage.Stime.Nano()), nil
}

// Busy gives the processor time that was used by all processes, and by other
// machines on this one (steal), since it started.
func Busy() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return parseBusy(line)
}

// tick is the unit of /proc/stat: USER_HZ, which is 100 on every Linux system.
const tick = 10 * time.Millisecond

// parseBusy sums the line "cpu user nice system idle iowait irq softirq steal
// ..." of /proc/stat without idle and iowait.
func parseBusy(line string) (time.Duration, error) {
	fields := strings.Fields(line)
	const idle, iowait, steal = 4, 5, 8
	if len(fields) <= steal || fields[0] != "cpu" {
		return 0, fmt.Errorf("/proc/stat: unknown line %q", line)
	}
	var ticks int64
	for i := 1; i <= steal; i++ {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		if i != idle && i != iowait {
			ticks += n
		}
	}
	return time.Duration(ticks) * tick, nil
}

// ProcessCPU gives the processor time that another process has used so far, in
// all of its threads.
func ProcessCPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseProcess(string(text))
}

// parseProcess finds utime and stime in /proc/PID/stat, behind the name of the
// program, which may hold spaces and brackets.
func parseProcess(stat string) (time.Duration, error) {
	const utime, stime = 11, 12
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= stime {
		return 0, fmt.Errorf("/proc/PID/stat: unknown line %q", stat)
	}
	u, err := strconv.ParseInt(fields[utime], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/proc/PID/stat: %w", err)
	}
	s, err := strconv.ParseInt(fields[stime], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("/proc/PID/stat: %w", err)
	}
	return time.Duration(u+s) * tick, nil
}

// PeakMemory gives the largest resident size in bytes that a running process
// has had. The figure of getrusage for a child that ended is no use: it counts
// the parent's memory, which the child shares until its exec.
func PeakMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseMemory(string(text), "VmHWM:")
}
