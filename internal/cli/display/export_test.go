package display

import "github.com/aiohttp-go/aiohttp/internal/cli/tty"

// Frame draws the first frame of a job.
func Frame(s *tty.Screen, width int, st *State) []string {
	return frame(s, width, st, new(meter).observe(st))
}
