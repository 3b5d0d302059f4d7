//go:build !unix

package aio

import "os"

// kill ends the process with the code that stands for the signal elsewhere: a
// process cannot send itself one here.
func kill(e *SignalError) { os.Exit(e.ExitCode()) }
