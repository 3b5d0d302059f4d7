package aiohttptest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/connector"
)

// client is code under test, as users write it: it retries what may pass, and
// leaves a server alone as long as that asks for it.
type client struct{ session *aiohttp.Session }

func (c client) Items(ctx context.Context) (items []string, err error) {
	for wait := time.Second; ; wait *= 2 {
		var resp *aiohttp.Response
		resp, err = c.session.Get(ctx, "https://api.example.com/items", aiohttp.Request{
			Timeouts: connector.Timeouts{Head: 5 * time.Second},
		})
		switch {
		case err == nil && resp.OK():
			return items, resp.JSON(&items)
		case err == nil && resp.Status != http.StatusTooManyRequests && resp.Status < 500:
			return nil, resp.RaiseForStatus()
		case err == nil:
			resp.Close()
			if seconds, err := strconv.Atoi(resp.Header("Retry-After")); err == nil {
				wait = time.Duration(seconds) * time.Second
			}
		case !aiohttp.SafeToRetry(err):
			return nil, err
		}
		if wait > time.Minute {
			return nil, errors.Join(err, errors.New("gave up"))
		}
		time.Sleep(wait)
	}
}

func TestUsageRetries(t *testing.T) {
	items := aiohttptest.JSON(200, []string{"a", "b"})
	for _, tt := range []struct {
		name    string
		answers []http.Handler
		took    time.Duration
	}{
		{"well", []http.Handler{items}, 0},
		{"asked-to-wait", []http.Handler{aiohttptest.Status(429).With("Retry-After", "40"), items}, 40 * time.Second},
		{"backoff", []http.Handler{aiohttptest.Status(503), aiohttptest.Status(503), aiohttptest.Status(503), items}, 7 * time.Second},
		{"time-out", []http.Handler{aiohttptest.Delay(time.Hour, items), items}, 6 * time.Second},
		{"reset", []http.Handler{aiohttptest.Raw(aiohttptest.Reset), items}, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := aiohttptest.New(t)
				server.Expect("GET https://api.example.com/items", tt.answers...)
				start := time.Now()
				got, err := client{server.Session()}.Items(t.Context())
				if fmt.Sprint(got) != "[a b]" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestUsageSurvivesANetworkThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("GET https://api.example.com/items", aiohttptest.JSON(200, []string{"a"}))
		server.Fault("api.example.com", aiohttptest.Fault{Dial: aiohttptest.NoSuchHost, Times: 3})
		if got, err := (client{server.Session()}).Items(t.Context()); len(got) != 1 || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestUsageRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		server.Handle("/", aiohttptest.Status(200))
		session := server.Session()
		ticker := time.NewTicker(100 * time.Millisecond) // the limit under test
		defer ticker.Stop()
		_, err := aio.Gather(t.Context(), aio.Each([]int{1, 2, 3, 4, 5}, func(ctx context.Context, n int) (int, error) {
			<-ticker.C
			resp, err := session.Get(ctx, fmt.Sprintf("https://api.example.com/items/%d", n))
			if err != nil {
				return 0, err
			}
			return resp.Status, resp.Close()
		}))
		if err != nil {
			t.Fatal(err)
		}
		all := server.Requests()
		for i := 1; i < len(all); i++ {
			if gap := all[i].Time.Sub(all[i-1].Time); gap != 100*time.Millisecond {
				t.Errorf("request %d came after %v", i, gap)
			}
		}
	})
}
