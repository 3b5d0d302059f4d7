package machine_test

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

func TestParseBusyLeavesOutIdleAndWaiting(t *testing.T) {
	got, err := machine.ParseBusy("cpu  1 2 3 1000 2000 4 5 6 7 8")
	if want := 210 * time.Millisecond; err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, line := range []string{"", "cpu 1 2", "cpu a 2 3 4 5 6 7 8", "intr 1 2 3 4 5 6 7 8"} {
		if _, err := machine.ParseBusy(line); err == nil {
			t.Errorf("no error for %q", line)
		}
	}
}

func TestParseProcessWithBracketsInTheName(t *testing.T) {
	got, err := machine.ParseProcess("42 (a) b) S 1 1 1 0 -1 4194560 1 0 0 0 12 30 0 0 20 0")
	if want := 420 * time.Millisecond; err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if _, err := machine.ParseProcess("42 (a) S"); err == nil {
		t.Error("no error for a short line")
	}
}

func TestParseMemory(t *testing.T) {
	got, err := machine.ParseMemory("Name:\tx\nVmPeak:\t 100 kB\nVmHWM:\t    1536 kB\n", "VmHWM:")
	if want := int64(1536 << 10); err != nil || got != want {
		t.Errorf("got %d, %v; want %d", got, err, want)
	}
	if _, err := machine.ParseMemory("Name:\tx\nState:\tZ (zombie)\n", "VmHWM:"); err == nil {
		t.Error("no error for a process without memory")
	}
}

func TestFiguresOfThisProcess(t *testing.T) {
	pid := os.Getpid()
	if peak, err := machine.PeakMemory(pid); err != nil || peak < 1<<20 {
		t.Errorf("PeakMemory = %d, %v", peak, err)
	}
	if held, err := machine.AnonymousMemory(); err != nil || held < 100<<10 {
		t.Errorf("AnonymousMemory = %d, %v", held, err)
	}
	if n, err := machine.OpenFiles(); err != nil || n < 10 {
		t.Errorf("OpenFiles = %d, %v", n, err)
	}
	if _, err := machine.ProcessCPU(pid); err != nil {
		t.Error(err)
	}
	if busy, err := machine.Busy(); err != nil || busy <= 0 {
		t.Errorf("Busy = %v, %v", busy, err)
	}
	if _, _, err := machine.CPU(); err != nil {
		t.Error(err)
	}
	if line, err := machine.Describe(); err != nil || line == "" {
		t.Errorf("Describe = %q, %v", line, err)
	}
}

func TestSocketsCountsSocketsOnly(t *testing.T) {
	before, err := machine.Sockets()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := machine.Sockets(); n != before+1 || err != nil {
		t.Errorf("Sockets = %d, %v; want %d", n, err, before+1)
	}
}

func TestStartOnSetsTheCore(t *testing.T) {
	cmd := exec.Command("grep", "Cpus_allowed_list", "/proc/self/status")
	var out strings.Builder
	cmd.Stdout = &out
	if err := machine.StartOn(0, cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Fields(out.String()), []string{"Cpus_allowed_list:", "0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := machine.StartOn(1<<9, exec.Command("true")); err == nil {
		t.Error("no error for a core that is not there")
	}
}
