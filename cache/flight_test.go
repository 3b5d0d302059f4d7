package cache_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// slow is an origin that takes a second for each head.
func slow(answer func(n int, req *http.Request) (*http.Response, error)) *origin {
	return &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
		select {
		case <-time.After(time.Second):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
		return answer(n, req)
	}}
}

// drip is a body that comes a piece a second, until the request ends.
type drip struct {
	ctx    context.Context
	piece  string
	left   int
	closed *bool
	err    error // at the end; nil means io.EOF
}

func (d *drip) Read(p []byte) (int, error) {
	if d.left == 0 {
		if d.err != nil {
			return 0, d.err
		}
		return 0, io.EOF
	}
	select {
	case <-time.After(time.Second):
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
	d.left--
	return copy(p, d.piece), nil
}

func (d *drip) Close() error {
	if d.closed != nil {
		*d.closed = true
	}
	return nil
}

func dripping(req *http.Request, piece string, n int, fields ...string) *http.Response {
	resp := reply(req, 200, "", fields...)
	resp.ContentLength = -1
	resp.Body = &drip{ctx: req.Context(), piece: piece, left: n}
	return resp
}

func TestCacheCollapsesRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			return dripping(req, "abc", 3, "Cache-Control: max-age=60"), nil
		})
		c := front(t, o)
		const many = 50
		outcomes := make(chan string, many)
		for range many {
			go func() {
				g := c.get()
				g.want(t, miss, 200, "abcabcabc")
				outcomes <- g.Header.Get("Cache-Status")
			}()
		}
		collapsed := 0
		for range many {
			if strings.HasSuffix(<-outcomes, "; collapsed") {
				collapsed++
			}
		}
		if o.count() != 1 || collapsed != many-1 {
			t.Errorf("%d requests, %d collapsed", o.count(), collapsed)
		}
		c.get().want(t, hit, 200, "abcabcabc")
	})
}

// One that comes while the body does gets all of it, as it comes.
func TestCacheStreamsToLatecomers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			return dripping(req, "abc", 10, "Cache-Control: max-age=60"), nil
		}}
		c := front(t, o)
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.get()
		}()
		time.Sleep(5500 * time.Millisecond)
		start := time.Now()
		resp, err := c.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		begun := make([]byte, 15)
		if _, err := io.ReadFull(resp.Body, begun); err != nil || time.Since(start) != 0 {
			t.Errorf("what was there came after %v: %v", time.Since(start), err)
		}
		g := c.read(resp)
		if string(begun)+g.body != strings.Repeat("abc", 10) || o.count() != 1 {
			t.Errorf("got %q, %d requests", string(begun)+g.body, o.count())
		}
		<-done
	})
}

// The end of one caller's context is nothing to the others; that of all of them ends
// the request.
func TestCacheCallersCancelForThemselves(t *testing.T) {
	for _, first := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			o := slow(func(n int, req *http.Request) (*http.Response, error) {
				return dripping(req, "abc", 3, "Cache-Control: max-age=60"), nil
			})
			c := front(t, o)
			cause := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			var wg sync.WaitGroup
			quit := func() {
				_, err := c.RoundTrip(request(t, http.MethodGet, page).WithContext(ctx))
				if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
					t.Errorf("got %v", err)
				}
			}
			stay := func() { c.get().want(t, miss, 200, "abcabcabc") }
			calls := []func(){quit, stay}
			if !first {
				calls = []func(){stay, quit}
			}
			for _, call := range calls {
				wg.Go(call)
				synctest.Wait()
			}
			cancel(cause)
			wg.Wait()
			if o.count() != 1 {
				t.Errorf("%d requests", o.count())
			}
			c.get().want(t, hit, 200, "abcabcabc")
		})
	}
}

func TestCacheCallersCancelBodiesForThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			return dripping(req, "abc", 3, "Cache-Control: max-age=60"), nil
		}}
		c := front(t, o)
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := c.RoundTrip(request(t, http.MethodGet, page).WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.get().want(t, miss, 200, "abcabcabc")
		}()
		time.AfterFunc(1500*time.Millisecond, cancel)
		start := time.Now()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if _, err := resp.Body.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("then %v", err)
		}
		<-done
	})
}

func TestCacheEndsARequestThatNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended error
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			ended = req.Context().Err()
			return nil, ended
		}}
		c := front(t, o)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.RoundTrip(request(t, http.MethodGet, page).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if ended == nil {
			t.Error("the request goes on")
		}
	})
}

// A body that is given back before its end is not stored, and not read on.
func TestCacheStoresOnlyWhatWasReadToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed bool
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp := dripping(req, "abc", 3, "Cache-Control: max-age=60")
			if n == 1 {
				resp.Body.(*drip).closed = &closed
			}
			return resp, nil
		}}
		c := front(t, o)
		resp, err := c.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 3)); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if _, err := resp.Body.Read(make([]byte, 1)); err == nil {
			t.Error("read of a closed body")
		}
		synctest.Wait()
		if !closed {
			t.Error("the origin's body is open")
		}
		c.get().want(t, miss, 200, "abcabcabc")
		c.get().want(t, hit, 200, "abcabcabc")
	})
}

// "A cache MUST NOT use an incomplete response to answer requests"
// https://www.rfc-editor.org/rfc/rfc9111#section-3.3-2
func TestCacheStoresNothingIncomplete(t *testing.T) {
	broken := errors.New("reset")
	for name, spoil := range map[string]func(*http.Response){
		"cut":       func(r *http.Response) { r.Body.(*drip).err = broken },
		"too short": func(r *http.Response) { r.ContentLength = 10 },
		"too long":  func(r *http.Response) { r.ContentLength = 6 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
					resp := dripping(req, "abc", 3, "Cache-Control: max-age=60")
					if n == 1 {
						spoil(resp)
					}
					return resp, nil
				}}
				c := front(t, o)
				resp, err := c.RoundTrip(request(t, http.MethodGet, page))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadAll(resp.Body); err == nil || name == "cut" && !errors.Is(err, broken) {
					t.Errorf("read: %v", err)
				}
				resp.Body.Close()
				c.get().want(t, miss, 200, "abcabcabc")
			})
		})
	}
}

// Those that waited for what is not for them ask for themselves, and the next do not
// wait at all.
func TestCacheDoesNotShareWhatItMayNotStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			return reply(req, 200, strings.Repeat("I", n), "Cache-Control: no-store"), nil
		})
		c := front(t, o)
		round := func(want time.Duration) {
			start := time.Now()
			bodies := map[string]bool{}
			var mu sync.Mutex
			var wg sync.WaitGroup
			for range 5 {
				wg.Go(func() {
					g := c.get()
					mu.Lock()
					defer mu.Unlock()
					bodies[g.body] = true
				})
			}
			wg.Wait()
			if len(bodies) != 5 || time.Since(start) != want {
				t.Errorf("%d bodies after %v, want 5 after %v", len(bodies), time.Since(start), want)
			}
		}
		round(2 * time.Second)
		round(time.Second)
	})
}

// A response for other fields than those of the request that waited is not given.
func TestCacheDoesNotShareOtherVariants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			return reply(req, 200, req.Header.Get("Accept-Language"), "Vary: Accept-Language", "Cache-Control: max-age=60"), nil
		})
		c := front(t, o)
		var wg sync.WaitGroup
		for _, lang := range []string{"de", "en", "de", "en"} {
			wg.Go(func() { c.get("Accept-Language: "+lang).want(t, miss, 200, lang) })
		}
		wg.Wait()
		if n := o.count(); n > 3 { // one for all, then those of the other language for themselves
			t.Errorf("%d requests", n)
		}
	})
}

// The error of the first caller, its time-out say, is not that of the others.
func TestCacheFollowersAskAgainAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			if n == 1 {
				return nil, errors.New("of the first")
			}
			return reply(req, 200, "x", "Cache-Control: max-age=60"), nil
		})
		c := front(t, o)
		done := make(chan struct{})
		go func() {
			defer close(done)
			if _, err := c.RoundTrip(request(t, http.MethodGet, page)); err == nil || err.Error() != "of the first" {
				t.Errorf("got %v", err)
			}
		}()
		synctest.Wait()
		c.get().want(t, miss, 200, "x")
		<-done
	})
}

// A panic comes out at the one who asked, and hangs nobody.
func TestCacheHandsPanicsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			if n == 1 {
				panic("boom")
			}
			return reply(req, 200, "x", "Cache-Control: max-age=60"), nil
		})
		c := front(t, o)
		done := make(chan any)
		go func() {
			defer func() { done <- recover() }()
			_, err := c.RoundTrip(request(t, http.MethodGet, page))
			t.Errorf("it returned: %v", err)
		}()
		synctest.Wait()
		c.get().want(t, miss, 200, "x")
		if v := <-done; v != "boom" {
			t.Errorf("got %v", v)
		}
	})
}

// A body that is too long passes through with little memory, at the pace of the
// slowest, and is not stored.
func TestCachePassesOnWhatIsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, most = 4 << 20, 1 << 20
		piece := strings.Repeat("x", 32<<10)
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp := reply(req, 200, "", "Cache-Control: max-age=60")
			resp.ContentLength = -1
			resp.Body = io.NopCloser(io.LimitReader(&endless{piece}, size))
			return resp, nil
		}}
		c := front(t, o, cache.Options{MaxEntryBytes: most})
		var bodies []io.ReadCloser
		for range 3 {
			resp, err := c.RoundTrip(request(t, http.MethodGet, page))
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, resp.Body)
		}
		var wg sync.WaitGroup
		for i, body := range bodies {
			wg.Go(func() {
				defer body.Close()
				buf := make([]byte, 64<<10)
				for total := 0; ; {
					n, err := body.Read(buf)
					total += n
					if i == 2 && total > 2*most {
						return // this one has enough
					}
					if err == io.EOF && total == size {
						return
					}
					if err != nil || total > size {
						t.Errorf("%d bytes, then %v", total, err)
						return
					}
					time.Sleep(time.Duration(i) * time.Millisecond)
				}
			})
		}
		wg.Wait()
		if o.count() != 1 {
			t.Errorf("%d requests", o.count())
		}
		resp, err := c.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if o.count() != 2 {
			t.Error("it was stored")
		}
	})
}

// endless gives the same again and again.
type endless struct{ piece string }

func (e *endless) Read(p []byte) (int, error) { return copy(p, e.piece), nil }

// A body that is not read is not fetched.
func TestCacheReadsNotFarAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var read int
		var closed bool
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp := reply(req, 200, "", "Cache-Control: max-age=60")
			resp.ContentLength = -1
			resp.Body = counted{&read, &closed}
			return resp, nil
		}}
		c := front(t, o)
		resp, err := c.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if read == 0 || read > 256<<10 {
			t.Errorf("%d bytes were read ahead", read)
		}
		resp.Body.Close()
		synctest.Wait()
		if !closed {
			t.Error("the origin's body is open")
		}
	})
}

// counted is an endless body that does not look at any context.
type counted struct {
	read   *int
	closed *bool
}

func (c counted) Read(p []byte) (int, error) {
	*c.read += len(p)
	return len(p), nil
}

func (c counted) Close() error {
	*c.closed = true
	return nil
}

// Beyond what may be stored, one that does not read holds the others up, until it
// goes.
func TestCacheBoundsWhatIsNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most, ahead = 256 << 10, 256 << 10
		var read int
		var closed bool
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			resp := reply(req, 200, "", "Cache-Control: max-age=60")
			resp.ContentLength = -1
			resp.Body = counted{&read, &closed}
			return resp, nil
		}}
		c := front(t, o, cache.Options{MaxEntryBytes: most})
		var bodies []io.ReadCloser
		for range 2 {
			resp, err := c.RoundTrip(request(t, http.MethodGet, page))
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, resp.Body)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if n, err := io.CopyN(io.Discard, bodies[0], 8*most); err != nil {
				t.Errorf("%d bytes, then %v", n, err)
			}
			bodies[0].Close()
		}()
		synctest.Wait()
		if read < most || read > most+ahead {
			t.Errorf("%d bytes were read", read)
		}
		bodies[1].Close()
		<-done
		if o.count() != 1 {
			t.Errorf("%d requests", o.count())
		}
	})
}

// The last bytes are given when the response is stored, so that who has them all
// finds it there.
func TestCacheHasStoredWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := front(t, always(200, "body", "Cache-Control: max-age=60"))
		resp, err := c.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, len("body"))); err != nil {
			t.Fatal(err)
		}
		c.get().want(t, hit, 200, "body")
		resp.Body.Close()
	})
}

// Who asks with a condition, or for what is newer, waits for nobody.
func TestCacheDoesNotCollapseWhatAsksForMore(t *testing.T) {
	for _, field := range []string{`If-None-Match: "x"`, "If-Modified-Since: " + lastWeek, "Cache-Control: no-cache", "Cache-Control: max-age=0", "Cache-Control: no-store", "Range: bytes=0-0"} {
		synctest.Test(t, func(t *testing.T) {
			o := slow(func(n int, req *http.Request) (*http.Response, error) {
				return reply(req, 200, "x", "Cache-Control: max-age=60"), nil
			})
			c := front(t, o)
			done := make(chan struct{})
			go func() {
				defer close(done)
				c.get()
			}()
			synctest.Wait()
			c.get(field).want(t, miss, 200, "x")
			<-done
			if o.count() != 2 {
				t.Errorf("%s: %d requests", field, o.count())
			}
		})
	}
}

// A response that replaces another does not lie beside it.
func TestCacheKeepsOneOfAKind(t *testing.T) {
	store := cache.NewMemory(0)
	c := front(t, always(200, "x", "Cache-Control: max-age=60"), cache.Options{Store: store})
	for range 3 {
		c.get("Cache-Control: no-cache")
	}
	if records, _ := store.Load(page); len(records) != 1 {
		t.Errorf("%d records", len(records))
	}
}

func TestCacheCloseEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			return dripping(req, "abc", 100, "Cache-Control: max-age=60"), nil
		})
		c := cache.New()
		rt := c.Transport(o)
		resp, err := rt.RoundTrip(request(t, http.MethodGet, page))
		if err != nil {
			t.Fatal(err)
		}
		waiting := make(chan error)
		go func() {
			_, err := rt.RoundTrip(request(t, http.MethodGet, page+"2"))
			waiting <- err
		}()
		synctest.Wait()
		for range 2 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := <-waiting; err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("got %v", err)
		}
		if _, err := io.ReadAll(resp.Body); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("got %v", err)
		}
		resp.Body.Close()
		resp, err = rt.RoundTrip(request(t, http.MethodGet, page)) // as if it were not there
		if err != nil || resp.Header.Get("Cache-Status") != "" {
			t.Fatalf("got %v, %v", resp, err)
		}
		resp.Body.Close()
	})
}
