//go:build unix

package aio

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// kill ends the process by the signal, so that its parent sees which.
func kill(e *SignalError) {
	signal.Reset(e.Signal)
	if number, ok := e.Signal.(syscall.Signal); ok {
		if err := syscall.Kill(syscall.Getpid(), number); err == nil {
			// The signal is on its way, unless the process was started
			// with it ignored.
			time.Sleep(time.Second)
		}
	}
	os.Exit(e.ExitCode())
}
