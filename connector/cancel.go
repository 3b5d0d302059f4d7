package connector

//lint:file-ignore SA1019 programs that use Request.Cancel are to work

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// errChannelClosed is the cause when a request's Cancel channel ends it.
var errChannelClosed = errors.New("request canceled by its Cancel channel")

// cancelable gives the context that ends when a request's own does or its Cancel
// channel is closed, and what is to be called when nothing of the response is
// awaited any more; nil when there is no channel. The channel is deprecated, but
// http.Client sets it, for RoundTrippers it does not know, whenever it has a
// Timeout, and by it passes on what the user has set.
func (c *Connector) cancelable(ctx context.Context, req *http.Request) (context.Context, func()) {
	if req.Cancel == nil {
		return ctx, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	select {
	case <-req.Cancel: // before anything is done
		cancel(errChannelClosed)
		return ctx, func() {}
	default:
	}
	watched := c.running.start(func() {
		select {
		case <-req.Cancel:
			if ends, ok := ctx.Deadline(); ok && !time.Now().Before(ends) {
				select { // it is due, and says more: http.Client lets both end together
				case <-ctx.Done():
				case <-c.dialer.ctx.Done():
				}
			}
			cancel(errChannelClosed)
		case <-ctx.Done():
		case <-c.dialer.ctx.Done():
		}
	})
	if !watched {
		cancel(ErrClosed)
	}
	return ctx, func() { cancel(nil) }
}
