package machine

import (
	"fmt"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// StartOn starts a command that runs on one core only, with all of its threads;
// a Go program then sees one processor. A negative core means any.
func StartOn(core int, cmd *exec.Cmd) error {
	if core < 0 {
		return cmd.Start()
	}
	// The child inherits the affinity of the thread that starts it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return fmt.Errorf("sched_getaffinity: %w", err)
	}
	only.Set(core)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return fmt.Errorf("start on core %d: %w", core, err)
	}
	err := cmd.Start()
	if restored := unix.SchedSetaffinity(0, &before); err == nil && restored != nil {
		err = fmt.Errorf("sched_setaffinity: %w", restored)
	}
	return err
}
