package idle

import (
	"cmp"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
)

// Site is a place in the code whose objects are live.
type Site struct {
	Where string `json:"where"` // "package.function (file:line)"
	Bytes int64  `json:"bytes"`
}

// mostSites bounds the list; what a connection holds comes from few places.
const mostSites = 20

// liveSites gives the bytes of the live objects by the place in the code that
// asked for them: the innermost one outside of the runtime.
func liveSites() map[string]int64 {
	records := make([]runtime.MemProfileRecord, 1<<10)
	for {
		n, ok := runtime.MemProfile(records, false)
		if ok {
			records = records[:n]
			break
		}
		records = make([]runtime.MemProfileRecord, 2*n)
	}
	live := map[string]int64{}
	for i := range records {
		if n := records[i].InUseBytes(); n > 0 {
			live[place(records[i].Stack())] += n
		}
	}
	return live
}

func place(stack []uintptr) string {
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "internal/runtime/") || !more {
			return fmt.Sprintf("%s (%s:%d)", path.Base(frame.Function), path.Base(frame.File), frame.Line)
		}
	}
}

// grown gives what came on top, the most first; nil when nothing is known.
func grown(before, after map[string]int64) []Site {
	var sites []Site
	for where, bytes := range after {
		if bytes -= before[where]; bytes > 0 {
			sites = append(sites, Site{where, bytes})
		}
	}
	slices.SortFunc(sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Where, b.Where))
	})
	return sites[:min(len(sites), mostSites)]
}
