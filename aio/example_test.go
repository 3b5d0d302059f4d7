package aio_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// Three tasks of 2, 10 and 5 s end after 10 s, not 17. (Here a second is 10 ms.)
func Example() {
	const second = 10 * time.Millisecond
	err := aio.Run(func(ctx context.Context) error {
		naps, err := aio.Gather(ctx, aio.Each([]int{2, 10, 5}, func(ctx context.Context, n int) (string, error) {
			return fmt.Sprintf("slept %d", n), aio.Sleep(ctx, time.Duration(n)*second)
		}))
		if err != nil {
			return err
		}
		fmt.Println(strings.Join(naps, ", "))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// slept 2, slept 10, slept 5
}

func ExampleRun() {
	err := aio.Run(func(ctx context.Context) error {
		return errors.New("no pages given")
	})
	var signal *aio.SignalError
	switch {
	case errors.As(err, &signal):
		os.Exit(signal.ExitCode())
	case err != nil:
		fmt.Println(err)
	}
	// Output: no pages given
}

func ExampleGo() {
	ctx := context.Background()
	task := aio.Go(ctx, func(ctx context.Context) (int, error) {
		return 6 * 7, nil
	})
	fmt.Println("meanwhile")
	fmt.Println(task.Await(ctx))
	// Output:
	// meanwhile
	// 42 <nil>
}

func ExampleTask_Await_panic() {
	ctx := context.Background()
	defer func() {
		var err *aio.PanicError
		if e, ok := recover().(error); ok && errors.As(e, &err) {
			fmt.Println("recovered:", err.Value)
		}
	}()
	task := aio.Go(ctx, func(ctx context.Context) (int, error) {
		panic("no such page")
	})
	_, _ = task.Await(ctx)
	// Output: recovered: no such page
}

// Tasks that run already are gathered by their Await methods.
func ExampleGather() {
	ctx := context.Background()
	a := aio.Go(ctx, func(context.Context) (string, error) { return "a", nil })
	b := aio.Go(ctx, func(context.Context) (string, error) { return "b", nil })
	fmt.Println(aio.Gather(ctx, []aio.Func[string]{b.Await, a.Await}))
	// Output: [b a] <nil>
}

func ExampleGatherAll() {
	ctx := context.Background()
	roots, err := aio.GatherAll(ctx, aio.Each([]int{8010, -1, 8012}, func(_ context.Context, n int) (string, error) {
		if n < 0 {
			return "", errors.New("no such PEP")
		}
		return fmt.Sprintf("pep-%d", n), nil
	}))
	fmt.Printf("%q\n%v\n", roots, err)
	// Output:
	// ["pep-8010" "" "pep-8012"]
	// gather: 1 of 3 failed
	// 1: no such PEP
}

// The group's tasks may be of any type, and start others.
func ExampleTaskGroup() {
	ctx := context.Background()
	var title *aio.Task[string]
	var size *aio.Task[int]
	err := aio.TaskGroup(ctx, func(g *aio.Group) error {
		title = aio.Go(g.Context(), func(context.Context) (string, error) { return "PEP 8010", nil })
		size = aio.Go(g.Context(), func(ctx context.Context) (int, error) {
			title, err := title.Await(ctx)
			return len(title), err
		})
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(title.Result())
	fmt.Println(size.Result())
	// Output:
	// PEP 8010 <nil>
	// 8 <nil>
}

func ExampleAsCompleted() {
	ctx := context.Background()
	bell := make(chan struct{})
	slow := aio.Go(ctx, func(context.Context) (string, error) { <-bell; return "slow", nil })
	fast := aio.Go(ctx, func(context.Context) (string, error) { return "fast", nil })
	for task := range aio.AsCompleted(ctx, slow, fast) {
		v, err := task.Await(ctx)
		fmt.Println(v, err)
		if v == "fast" {
			close(bell)
		}
	}
	// Output:
	// fast <nil>
	// slow <nil>
}

func ExampleWait() {
	ctx := context.Background()
	fast := aio.Go(ctx, func(context.Context) (string, error) { return "fast", nil })
	slow := aio.Go(ctx, func(ctx context.Context) (string, error) { return "slow", aio.Sleep(ctx, time.Hour) })
	done, pending, err := aio.Wait(ctx, aio.FirstCompleted, slow, fast)
	for _, task := range pending {
		task.Cancel()
	}
	fmt.Println(len(done), len(pending), err)
	fmt.Println(done[0].Await(ctx))
	// Output:
	// 1 1 <nil>
	// fast <nil>
}

func ExampleMap() {
	ctx := context.Background()
	pages := slices.Values([]string{"/a", "/missing", "/b"})
	download := func(ctx context.Context, page string) (int, error) {
		if page == "/missing" {
			return 0, errors.New("404 Not Found")
		}
		return len(page), nil
	}
	bytes := 0
	for n, err := range aio.Map(ctx, 64, pages, download) {
		var failed *aio.InputError[string]
		if errors.As(err, &failed) {
			fmt.Printf("%s: %v\n", failed.Input, failed.Err)
			continue
		}
		if err != nil { // ctx has ended
			fmt.Println(err)
		}
		bytes += n
	}
	fmt.Println(bytes, "bytes")
	// Output:
	// /missing: 404 Not Found
	// 4 bytes
}

// A bounded Gather: at most two calls at once, results in the inputs' order.
func ExampleCollect() {
	ctx := context.Background()
	numbers := slices.Values([]int{1, 2, 3, 4})
	fmt.Println(aio.Collect(aio.MapOrdered(ctx, 2, numbers, func(_ context.Context, n int) (int, error) {
		return n * n, nil
	})))
	// Output: [1 4 9 16] <nil>
}

func ExampleTimeout() {
	ctx := context.Background()
	_, err := aio.Timeout(ctx, 5*time.Millisecond, func(ctx context.Context) (int, error) {
		return 42, aio.Sleep(ctx, time.Hour)
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// sleep: timeout after 5ms
	// true
}

func ExampleShield() {
	ctx, cancel := context.WithCancel(context.Background())
	pay := func(ctx context.Context) (string, error) {
		return "paid", aio.Sleep(ctx, 10*time.Millisecond)
	}
	task := aio.Shield(ctx, pay)
	cancel()
	_, err := task.Await(ctx)
	fmt.Println(err)
	fmt.Println(task.Await(context.Background()))
	// Output:
	// await: context canceled
	// paid <nil>
}

func ExampleSemaphore() {
	ctx := context.Background()
	writers := aio.NewSemaphore(2)
	_, err := aio.Gather(ctx, aio.Each([]int{1, 2, 3}, func(ctx context.Context, _ int) (struct{}, error) {
		if err := writers.Acquire(ctx, 1); err != nil {
			return struct{}{}, err
		}
		defer writers.Release(1)
		return struct{}{}, nil // two at once get here
	}))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleQueue() {
	ctx := context.Background()
	queue := aio.NewQueue[string](8)
	producer := aio.Go(ctx, func(ctx context.Context) (struct{}, error) {
		defer queue.Close()
		for _, page := range []string{"/a", "/b"} {
			if err := queue.Put(ctx, page); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	for page := range queue.All(ctx) {
		fmt.Println(page)
	}
	_, err := producer.Await(ctx)
	fmt.Println(err)
	// Output:
	// /a
	// /b
	// <nil>
}

func ExampleNewPriorityQueue() {
	type page struct {
		path  string
		depth int
	}
	queue := aio.NewPriorityQueue(0, func(a, b page) int { return cmp.Compare(a.depth, b.depth) })
	for _, p := range []page{{"/a/b", 2}, {"/", 0}, {"/c", 1}, {"/a", 1}} {
		queue.TryPut(p)
	}
	queue.Close()
	for p := range queue.All(context.Background()) {
		fmt.Println(p.path)
	}
	// Output:
	// /
	// /c
	// /a
	// /a/b
}

func ExampleRunIn() {
	ctx := context.Background()
	executor := aio.NewExecutor(1)
	defer executor.Close()
	task := aio.RunIn(ctx, executor, func(context.Context) (string, error) {
		time.Sleep(time.Millisecond) // any call that blocks
		return "pep 8010", nil
	})
	pep, err := task.Await(ctx)
	fmt.Println("Finished downloading", pep, err)
	// Output: Finished downloading pep 8010 <nil>
}

// A ticker is an object that keeps a goroutine until it is closed.
type ticker struct{ group *aio.Group }

func newTicker(ctx context.Context, tick func()) *ticker {
	t := &ticker{group: aio.NewGroup(ctx)}
	t.group.Go(func(ctx context.Context) error {
		for aio.Sleep(ctx, time.Millisecond) == nil {
			tick()
		}
		return nil
	})
	return t
}

func (t *ticker) Close() error { return t.group.Close() }

func ExampleGroup() {
	ticks := make(chan struct{}, 1)
	t := newTicker(context.Background(), func() {
		select {
		case ticks <- struct{}{}:
		default:
		}
	})
	<-ticks
	fmt.Println(t.Close())
	// Output: <nil>
}
