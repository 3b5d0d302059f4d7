package display_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/aiohttp-go/aiohttp/internal/cli/display"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// openTerminal gives both ends of a pseudo-terminal of 80 columns.
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

func TestLiveDrawsOnATerminalAndTakesItBack(t *testing.T) {
	master, slave := openTerminal(t)
	var seen strings.Builder
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			seen.Write(buf[:n])
			if err != nil || strings.Contains(seen.String(), "the end") {
				return
			}
		}
	}()
	screen := tty.Open(slave, tty.Auto, func(name string) (string, bool) {
		v, ok := map[string]string{"LANG": "C.UTF-8", "TERM": "xterm"}[name]
		return v, ok
	})
	if !screen.Terminal || !screen.Color || screen.Width() != 80 {
		t.Fatalf("terminal %v, color %v, width %d", screen.Terminal, screen.Color, screen.Width())
	}
	var frames sync.WaitGroup
	frames.Add(2)
	n := 0
	live := display.Start(screen, func() display.State {
		if n++; n <= 2 {
			frames.Done()
		}
		return state()
	})
	frames.Wait()
	fmt.Fprintln(live, "a line above")
	live.Stop()
	live.Stop()
	fmt.Fprintln(live, "the end")
	<-drained
	got := seen.String()
	for _, want := range []string{"347 of 412", "pep-0484", "a line above", "\x1b[4A\x1b[J", "\x1b[33m█"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q was not written; all of it:\n%q", want, got)
		}
	}
	tail := got[strings.LastIndex(got, "\x1b[J"):]
	if strings.Contains(tail, "in flight") {
		t.Errorf("the display was not taken back:\n%q", tail)
	}
}
