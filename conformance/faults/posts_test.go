package faults_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/echo"
	"github.com/aiohttp-go/aiohttp/connector"
)

// TestThousandRetriedPosts sends 1,000 POSTs at once on connections each of which
// breaks in the middle of one of them, until each has its answer: the row of
// CVE-2023-45286, where a retry sent the body of another request.
func TestThousandRetriedPosts(t *testing.T) {
	each(t, map[string][]string{
		"broken-requests": {`{"type": "limit_data", "stream": "upstream", "attributes": {"bytes": 60000}}`},
		"broken-answers":  {`{"type": "limit_data", "stream": "downstream", "attributes": {"bytes": 60000}}`},
	}, func(t *testing.T, p *path) {
		m := newMix(t, p, ample)
		var all sync.WaitGroup
		var retried atomic.Int64
		for i := range 1000 {
			q := echo.Request{ID: fmt.Sprint(i), Method: "POST", Key: true, Body: 20 + i*20, Answer: 20 + i*20}
			all.Go(func() {
				for tries := 0; tries < 200; tries++ {
					err := q.Send(context.Background(), m.s, p.url())
					var wrong *echo.WrongError
					if err == nil {
						return
					}
					if errors.As(err, &wrong) || !connector.SafeToRetry(err) {
						t.Error(err)
						return
					}
					retried.Add(1)
				}
				t.Errorf("%+v: no answer in 200 tries", q)
			})
		}
		all.Wait()
		again := 0
		for i := range 1000 {
			again += p.times(fmt.Sprint(i)) - 1
		}
		t.Logf("%d sent again by the caller; the site saw %d more than once", retried.Load(), again)
		if retried.Load()+int64(again) == 0 {
			t.Error("nothing was sent again")
		}
	})
}
