package display

import (
	"sync"
	"time"
)

// Plain is the display where there is no terminal. It is safe for concurrent
// use.
type Plain struct {
	stop sync.Once
	quit chan struct{}
	done chan struct{}
}

// The times of the lines: the first soon, to show that things move, the others
// rarely, to keep a log short.
const (
	firstLine = time.Second
	nextLines = 5 * time.Second
)

// StartPlain calls say with a line about what snapshot gives, after a second
// and then every five seconds, until Stop.
func StartPlain(say func(line string), snapshot func() State) *Plain {
	p := &Plain{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		timer := time.NewTimer(firstLine)
		defer timer.Stop()
		var m meter
		for {
			select {
			case <-p.quit:
				return
			case <-timer.C:
				timer.Reset(nextLines)
				st := snapshot()
				say(sentence(&st, m.observe(&st)))
			}
		}
	}()
	return p
}

// Stop ends the lines and joins the goroutine. It may be called more than once.
func (p *Plain) Stop() {
	p.stop.Do(func() { close(p.quit) })
	<-p.done
}
