package download

import (
	"bytes"
	"fmt"
	"os/exec"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// sample is one download.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // largest resident size in bytes
}

// watchEvery is how often the memory of a process is looked at; the kernel keeps
// the peak, so that only what comes after the last look is missed.
const watchEvery = 2 * time.Millisecond

// watch runs a command to its end.
func watch(cmd *exec.Cmd) (sample, error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	ended := make(chan struct{})
	peak := make(chan int64, 1)
	go func() { peak <- watchMemory(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	wall := time.Since(began)
	close(ended)
	s := sample{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), <-peak}
	if err != nil {
		return s, fmt.Errorf("%w: %.500s", err, bytes.TrimSpace(said.Bytes()))
	}
	return s, nil
}

func watchMemory(pid int, ended <-chan struct{}) (peak int64) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return peak
		case <-ticker.C:
			if now, err := machine.PeakMemory(pid); err == nil {
				peak = max(peak, now)
			}
		}
	}
}
