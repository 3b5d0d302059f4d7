// Three_tasks starts three long tasks of 2, 10 and 5 s at once: all have ended
// after 10 s, not 17.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func main() {
	scale := flag.Duration("scale", 100*time.Millisecond, "how long one second of the story takes")
	flag.Parse()
	err := aio.Run(func(ctx context.Context) error {
		return run(ctx, os.Stdout, *scale)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "three_tasks:", err)
		os.Exit(1)
	}
}

// run prints when each task ends, and the total, in seconds of the story, each
// of which takes scale.
func run(ctx context.Context, out io.Writer, scale time.Duration) error {
	if scale <= 0 {
		return fmt.Errorf("scale %v: not above zero", scale)
	}
	start := time.Now()
	elapsed := func() float64 { return float64(time.Since(start)) / float64(scale) }

	var tasks []*aio.Task[int]
	for _, seconds := range []int{2, 10, 5} {
		tasks = append(tasks, aio.Go(ctx, func(ctx context.Context) (int, error) {
			return seconds, aio.Sleep(ctx, time.Duration(seconds)*scale)
		}))
	}
	sum := 0
	for task := range aio.AsCompleted(ctx, tasks...) {
		seconds, err := task.Await(ctx)
		if err != nil {
			return err
		}
		sum += seconds
		fmt.Fprintf(out, "the task of %d s ended after %.1f s\n", seconds, elapsed())
	}
	fmt.Fprintf(out, "all ended after %.1f s, not %d\n", elapsed(), sum)
	return nil
}
