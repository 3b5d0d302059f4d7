// Blocking_call awaits, cancels and bounds in time a call that blocks: every call
// of the client takes a context, and aio.Go makes a task of it. In Python,
// "await requests.get(url)" is a TypeError.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

func main() {
	err := aio.Run(func(ctx context.Context) error {
		site, err := httpbin.Start(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer site.Close()
		session := aiohttp.NewSession()
		defer session.Close()
		return run(ctx, os.Stdout, session, site.URL())
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "blocking_call:", err)
		os.Exit(1)
	}
}

// run does to a call what one does to a coroutine.
func run(ctx context.Context, out io.Writer, session *aiohttp.Session, site string) error {
	get := func(path string) aio.Func[int] {
		return func(ctx context.Context) (int, error) {
			resp, err := session.Get(ctx, site+path)
			if err != nil {
				return 0, err
			}
			_, err = resp.Text()
			return resp.Status, err
		}
	}

	task := aio.Go(ctx, get("/delay/0.3"))
	fmt.Fprintln(out, "asked, and not blocked")
	status, err := task.Await(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "awaited:", status)

	task = aio.Go(ctx, get("/delay/10"))
	task.Cancel()
	_, err = task.Await(ctx)
	fmt.Fprintln(out, "cancelled:", errors.Is(err, context.Canceled))

	_, err = aio.Timeout(ctx, 300*time.Millisecond, get("/delay/10"))
	fmt.Fprintln(out, "bounded in time:", errors.Is(err, context.DeadlineExceeded))
	return nil
}
