package profile

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
)

// Kind is what a profile counts.
type Kind string

// The kinds of profiles.
const (
	CPU    Kind = "cpu"
	Allocs Kind = "allocs"
	Mutex  Kind = "mutex"
	Block  Kind = "block"
)

// Recording is one profile of this process, into a file. The zero value and nil
// record nothing. Only one may be recorded at a time: each of them slows down
// what the others would show.
type Recording struct {
	kind Kind
	path string
	file *os.File
}

// Set takes "kind=file", as a flag does.
func (r *Recording) Set(text string) error {
	kind, path, _ := strings.Cut(text, "=")
	switch r.kind, r.path = Kind(kind), path; {
	case r.kind != CPU && r.kind != Allocs && r.kind != Mutex && r.kind != Block, path == "":
		return fmt.Errorf("not a kind of profile and a file: %q", text)
	case r.kind == Allocs:
		runtime.MemProfileRate = 0 // until it starts
	}
	return nil
}

// String gives what Set takes.
func (r *Recording) String() string {
	if r == nil || r.kind == "" {
		return ""
	}
	return string(r.kind) + "=" + r.path
}

// allocRate is how many bytes lie between two allocations that are recorded, on
// average: at 3 KB a request, one of six requests.
const allocRate = 16 << 10

// Start begins to record.
func (r *Recording) Start() (err error) {
	if r == nil || r.kind == "" {
		return nil
	}
	if r.file, err = os.Create(r.path); err != nil {
		return err
	}
	switch r.kind {
	case CPU:
		return pprof.StartCPUProfile(r.file)
	case Allocs:
		runtime.MemProfileRate = allocRate
	case Mutex:
		runtime.SetMutexProfileFraction(1)
	case Block:
		runtime.SetBlockProfileRate(1)
	}
	return nil
}

// Stop writes the profile.
func (r *Recording) Stop() error {
	if r == nil || r.file == nil {
		return nil
	}
	var err error
	switch r.kind {
	case CPU:
		pprof.StopCPUProfile()
	case Allocs:
		runtime.GC() // allocations show after the next collection
		err = pprof.Lookup(string(Allocs)).WriteTo(r.file, 0)
		runtime.MemProfileRate = 0
	default:
		err = pprof.Lookup(string(r.kind)).WriteTo(r.file, 0)
		runtime.SetMutexProfileFraction(0)
		runtime.SetBlockProfileRate(0)
	}
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	r.file = nil
	return err
}
