package display

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// refresh is the time between two frames. More than ten a second look no
// smoother, for text.
const refresh = 100 * time.Millisecond

// home brings the cursor to the first column, where it is not after the terminal
// has echoed a key such as Ctrl-C: the library moves it up and down only.
const home = "\r"

// Live is the display on a terminal. It is safe for concurrent use.
type Live struct {
	screen   *tty.Screen
	snapshot func() State
	progress *mpb.Progress
	bar      *mpb.Bar
	stop     sync.Once

	// Only used from the goroutine of the progress library.
	meter meter
	lines []string
}

// Start shows what snapshot gives, several times a second, until Stop. The
// cursor is never hidden, so that there is nothing to restore if the process
// is killed. snapshot is called by one goroutine at a time.
func Start(s *tty.Screen, snapshot func() State) *Live {
	l := &Live{screen: s, snapshot: snapshot}
	l.progress = mpb.New(mpb.WithOutput(s.Writer), mpb.WithAutoRefresh(), mpb.WithRefreshRate(refresh))
	l.bar = l.progress.MustAdd(0, mpb.BarFillerFunc(l.first), mpb.BarFillerTrim(),
		mpb.BarExtender(mpb.BarFillerFunc(l.rest), false))
	return l
}

// first draws the frame anew and gives its first line.
func (l *Live) first(w io.Writer, _ decor.Statistics) error {
	st := l.snapshot()
	l.lines = frame(l.screen, l.screen.Width(), &st, l.meter.observe(&st))
	_, err := io.WriteString(w, home+l.lines[0])
	return err
}

// rest gives the lines below the first.
func (l *Live) rest(w io.Writer, _ decor.Statistics) error {
	_, err := io.WriteString(w, strings.Join(l.lines[1:], "\n")+"\n")
	return err
}

// Write puts whole lines above the display.
func (l *Live) Write(p []byte) (int, error) {
	if _, err := l.progress.Write(append([]byte(home), p...)); err != nil {
		return l.screen.Write(p) // stopped meanwhile: nothing is left to write above
	}
	return len(p), nil
}

// Stop takes the display off the screen and joins its goroutines. It may be
// called more than once.
func (l *Live) Stop() {
	l.stop.Do(func() {
		l.bar.Abort(true)
		l.progress.Wait()
		l.screen.Printf(home)
	})
}
