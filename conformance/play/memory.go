package play

import (
	"runtime"
	"sync"
	"time"
)

// growth runs f and, if measure is set, gives by how many bytes the heap grew at
// most while it ran.
func growth(measure bool, f func()) uint64 {
	if !measure {
		f()
		return 0
	}
	const tick = 5 * time.Millisecond
	runtime.GC()
	base := heapInUse()
	peak := base
	done := make(chan struct{})
	var sampler sync.WaitGroup
	sampler.Go(func() {
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			peak = max(peak, heapInUse())
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	})
	f()
	close(done)
	sampler.Wait()
	return peak - base
}

func heapInUse() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapInuse
}
