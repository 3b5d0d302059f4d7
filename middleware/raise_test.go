package middleware_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func TestRaiseForStatus(t *testing.T) {
	teapot := func(ctx context.Context, resp *aiohttp.Response) error {
		if text, _ := resp.Text(); text != "fine" {
			return errOther
		}
		return nil
	}
	for _, test := range []struct {
		name   string
		check  func(context.Context, *aiohttp.Response) error
		step   step
		status int
		err    string
	}{
		{"default", nil, step{status: 200}, 200, ""},
		{"default-404", nil, step{status: 404}, 0, "status 404"},
		{"own", teapot, step{status: 404, body: strings.NewReader("fine")}, 404, ""},
		{"own-error", teapot, step{status: 200, body: strings.NewReader("not")}, 0, "something else"},
		{"failure", nil, step{err: refused}, 0, "refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, st := play(t, []aiohttp.Middleware{middleware.RaiseForStatus(test.check)}, test.step)
			resp, err := s.Get(t.Context(), "http://a.test/")
			if test.err != "" {
				wantText(t, err, test.err)
				if test.step.err == nil && !st.calls[0].closed {
					t.Error("the response is open")
				}
				return
			}
			text, _ := resp.Text()
			if resp.Status != test.status || test.step.body != nil && text != "fine" {
				t.Errorf("%d %q", resp.Status, text)
			}
		})
	}
}

// Within Retry an error by status is retried like the status.
func TestRaiseForStatusWithinRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, append(retry(), middleware.RaiseForStatus(nil)), step{status: 503})
		_, err := s.Get(t.Context(), "http://a.test/")
		e, ok := errors.AsType[*aiohttp.StatusError](err)
		if !ok || e.Status != 503 || len(st.calls) != 3 {
			t.Errorf("%v after %d calls", err, len(st.calls))
		}
	})
}
