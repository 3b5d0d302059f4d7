package connector

import (
	"context"
	"io"
	"net/http"
	"runtime/debug"
	"sync"
)

// tunnel is the body of a response that has opened a tunnel, when the request
// came with what is to be sent through it: net/http's way, with an io.Pipe. It is
// also that of one which has opened a way nobody asked for; nothing is sent then.
type tunnel struct {
	*upgraded
	sent io.ReadCloser

	mu     sync.Mutex
	closed bool
	err    error         // why sending has ended; nil while it has not, or well
	unbind []func() bool // end the watch over the request's context and the connector
}

// feedsTunnel reports whether a request's body is what goes through the tunnel
// that it asks for.
//
// RFC 9110, section 9.3.6: "A CONNECT request message does not have content."
// So nothing is sent before the server has agreed, and it is not framed.
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
func feedsTunnel(method string, req *http.Request) bool {
	return method == "CONNECT" && req.ContentLength <= 0 && req.Body != nil && req.Body != http.NoBody
}

// feed sends the request's body through the tunnel that its response has
// opened, and closes it when the response has opened none. The end of the body
// leaves the tunnel open: an intermediary would close both directions with one.
// The tunnel ends with the request's context.
func (c *Connector) feed(resp *http.Response, req *http.Request) error {
	u, ok := resp.Body.(*upgraded)
	if !ok {
		return req.Body.Close()
	}
	t := &tunnel{upgraded: u, sent: req.Body}
	resp.Body = t
	if !c.running.start(t.send) {
		t.Close()
		return ErrClosed
	}
	t.endWith(req.Context(), c.dialer.ctx)
	return nil
}

// govern lets a context end the connection of a response that has switched to a
// protocol nobody asked for. See acceptUnasked.
func (c *Connector) govern(ctx context.Context, resp *http.Response) {
	if u, ok := resp.Body.(*upgraded); ok {
		t := &tunnel{upgraded: u, sent: http.NoBody}
		resp.Body = t
		t.endWith(ctx, c.dialer.ctx)
	}
}

// endWith lets the end of any of the contexts end the tunnel.
func (t *tunnel) endWith(contexts ...context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ctx := range contexts {
		t.unbind = append(t.unbind, context.AfterFunc(ctx, func() { t.end(context.Cause(ctx)) }))
	}
}

// send sends what is to be sent.
func (t *tunnel) send() {
	err := error(errBodyVanished) // until copy has returned
	defer func() {
		if err != nil {
			t.end(err) // the peer must not take what it has for the whole
		}
		t.sent.Close()
	}()
	err = t.copy()
}

// copy copies the body into the tunnel, with a panic of the body's as its error.
func (t *tunnel) copy() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &BodyPanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	_, err = io.Copy(t.upgraded, t.sent)
	return err
}

// Read reads what the server sends. When the tunnel was closed because of what
// is sent, or of the context's end, it says so.
func (t *tunnel) Read(p []byte) (int, error) {
	n, err := t.upgraded.Read(p)
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.err != nil {
			err = t.err
		}
	}
	return n, err
}

// Close closes the tunnel and what is sent through it.
func (t *tunnel) Close() error {
	t.end(nil)
	return nil
}

// end closes both, once.
func (t *tunnel) end(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed, t.err = true, cause
	for _, unbind := range t.unbind {
		unbind()
	}
	t.upgraded.Close()
	t.sent.Close()
}
