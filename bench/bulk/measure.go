package bulk

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// Sample is what moving a number of bodies took.
type Sample struct {
	Bytes   int64         `json:"bytes"`
	Wall    time.Duration `json:"wall_ns"`
	User    time.Duration `json:"user_ns"`
	System  time.Duration `json:"system_ns"`
	Mallocs int64         `json:"mallocs"` // a body
}

// rate gives GB (10^9 bytes) a second.
func rate(s Sample) float64 { return float64(s.Bytes) / s.Wall.Seconds() / 1e9 }

// wall gives the seconds a GB.
func wall(s Sample) float64 { return 1 / rate(s) }

// processor gives the milliseconds of processor time a GB.
func processor(s Sample) float64 { return perGB(s, s.User+s.System) }

func perGB(s Sample, d time.Duration) float64 {
	return float64(d) / float64(time.Millisecond) / (float64(s.Bytes) / 1e9)
}

// Measure moves a body so many times, after a first one that does not count.
func Measure(w Way, j Job, times int) (s Sample, err error) {
	if j.Kind == Upload {
		if err := makeFile(j); err != nil {
			return s, err
		}
	}
	if j.Path != "" {
		defer os.Remove(j.Path)
	}
	move, err := w.open(j)
	if err == nil {
		err = move()
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", w.Name, err)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	user, system, err := machine.CPU()
	if err != nil {
		return s, err
	}
	began := time.Now()
	for range times {
		if err := move(); err != nil {
			return s, fmt.Errorf("%s: %w", w.Name, err)
		}
	}
	s.Wall = time.Since(began)
	if s.User, s.System, err = machine.CPU(); err != nil {
		return s, err
	}
	s.User, s.System = s.User-user, s.System-system
	runtime.ReadMemStats(&after)
	s.Bytes = int64(times) * j.Bytes
	s.Mallocs = int64(after.Mallocs-before.Mallocs) / int64(times)
	return s, nil
}

// makeFile writes the file that is sent.
func makeFile(j Job) error {
	f, err := os.Create(j.Path)
	if err != nil {
		return err
	}
	piece := make([]byte, 1<<20)
	for left := j.Bytes; left > 0; left -= int64(len(piece)) {
		if _, err := f.Write(piece[:min(left, int64(len(piece)))]); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}
