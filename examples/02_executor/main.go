// Executor runs a blocking function on a bounded pool and awaits it, as
// Python's loop.run_in_executor does, while other tasks go on.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func main() {
	err := aio.Run(func(ctx context.Context) error {
		return run(ctx, os.Stdout, blockingGet)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "executor:", err)
		os.Exit(1)
	}
}

// blockingGet stands for a library that knows nothing of contexts.
func blockingGet(pep int) (string, error) {
	time.Sleep(300 * time.Millisecond)
	return fmt.Sprintf("PEP %d -- Core Developer Governance", pep), nil
}

// run downloads a PEP with get, on an executor of one worker.
func run(ctx context.Context, out io.Writer, get func(pep int) (string, error)) error {
	executor := aio.NewExecutor(1)
	defer executor.Close()

	const pep = 8010
	task := aio.RunIn(ctx, executor, func(context.Context) (string, error) {
		return get(pep)
	})
	fmt.Fprintf(out, "Downloading pep %d, not waiting for it\n", pep)

	text, err := task.Await(ctx)
	if err != nil {
		return fmt.Errorf("download pep %d: %w", pep, err)
	}
	fmt.Fprintf(out, "Finished downloading pep %d: %d bytes\n", pep, len(text))
	return nil
}
