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

// StartPlain calls say with a line about what snapshot gives, every so often,
// until Stop.
func StartPlain(say func(line string), every time.Duration, snapshot func() State) *Plain {
	p := &Plain{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		var m meter
		for {
			select {
			case <-p.quit:
				return
			case <-ticker.C:
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
