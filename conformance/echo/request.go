package echo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// Request is a request that checks its answer.
type Request struct {
	ID     string
	Method string
	Body   int    // bytes
	How    Stream // how the body is given
	Key    bool   // it bears an Idempotency-Key
	Answer int    // bytes
	Chunks bool   // the answer comes in chunks
	Unread bool   // the answer is not read to its end
}

// Stream is a way to give a body.
type Stream int

// The ways.
const (
	InMemory Stream = iota // so that it can be sent again
	Sized                  // a reader of known length
	Chunked                // a reader of unknown length
	ways
)

// Random gives a request of any shape.
func Random(r *rand.Rand, id string) Request {
	sizes := []int{0, 20, 5000, 40_000, 300_000}
	q := Request{ID: id, Method: "GET", Answer: sizes[r.IntN(len(sizes))], Chunks: r.IntN(3) == 0, Unread: r.IntN(10) == 0}
	if r.IntN(2) == 0 {
		q.Method = []string{"POST", "PUT"}[r.IntN(2)]
		q.Body = sizes[r.IntN(len(sizes))]
		q.How = Stream(r.IntN(int(ways)))
		q.Key = r.IntN(2) == 0
	}
	return q
}

// Repeatable tells whether the client may send it twice.
func (q Request) Repeatable() bool {
	return (q.Key || q.Method != "POST") && (q.Body == 0 || q.How == InMemory)
}

// WrongError says that something came that should not have come.
type WrongError struct{ What string }

// Error gives what.
func (e *WrongError) Error() string { return e.What }

// Send sends the request to the site at base. The error is a *WrongError where the
// answer is a wrong one.
func (q Request) Send(ctx context.Context, s *aiohttp.Session, base string) error {
	body := Content(q.ID, q.Body)
	req := aiohttp.Request{Method: q.Method, Header: http.Header{"X-Sum": {Sum(body)}}}
	req.URL = fmt.Sprintf("%s/%s?size=%d", base, q.ID, q.Answer)
	if q.Chunks {
		req.URL += "&chunked=1"
	}
	if q.Key {
		req.Header.Set("Idempotency-Key", q.ID)
	}
	switch {
	case q.Body == 0:
	case q.How == InMemory:
		req.Bytes = body
	default:
		req.Body = struct{ io.Reader }{bytes.NewReader(body)}
		if q.How == Sized {
			req.ContentLength = int64(q.Body)
		}
	}
	resp, err := s.Do(ctx, req)
	if err != nil {
		return err
	}
	defer resp.Close()
	return q.check(resp, body)
}

func (q Request) check(resp *aiohttp.Response, body []byte) error {
	if id := resp.Header("X-Id"); id != q.ID {
		return &WrongError{fmt.Sprintf("%+v: got the answer of %q", q, id)}
	}
	if resp.Status != 200 || resp.Header("X-Sum") != Sum(body) {
		return &WrongError{fmt.Sprintf("%+v: status %d, the site got another body", q, resp.Status)}
	}
	want := Content("answer to "+q.ID, q.Answer)
	src, part := io.Reader(resp), len(want)
	if q.Unread {
		part /= 3
		src = io.LimitReader(resp, int64(part))
	}
	got, err := io.ReadAll(src)
	if !bytes.HasPrefix(want, got) || err == nil && len(got) != part {
		return &WrongError{fmt.Sprintf("%+v: got %d of %d bytes, or another's, with error %v", q, len(got), part, err)}
	}
	return err
}

// Complaint tells what is wrong with the shape of an error, and "" when nothing
// is. host is what was asked; ended tells whether the caller ended the request.
func (q Request) Complaint(err error, host string, ended bool) string {
	var e *connector.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%T is no *connector.Error: %v", err, err)
	}
	connected := e.Phase >= connector.PhaseTLS
	switch {
	case e.Err == nil || e.Host != host:
		return fmt.Sprintf("no cause, or another host: %#v", e)
	case e.Phase == connector.PhasePrepare && !ended:
		return fmt.Sprintf("refused before it was sent: %v", e)
	case connected != (e.Addr != ""):
		return fmt.Sprintf("peer %q in phase %v: %v", e.Addr, e.Phase, e)
	case e.Phase >= connector.PhaseHead && !e.Sent:
		return fmt.Sprintf("not sent, in phase %v: %v", e.Phase, e)
	case e.Phase < connector.PhaseWrite && e.Sent && !q.Repeatable():
		return fmt.Sprintf("sent, in phase %v: %v", e.Phase, e)
	case e.Repeatable && !q.Repeatable():
		return fmt.Sprintf("repeatable: %v", e)
	case e.Limit != "" && !e.Timeout():
		return fmt.Sprintf("limit %q but no time-out: %v", e.Limit, e)
	case !ended && errors.Is(e, context.Canceled):
		return fmt.Sprintf("canceled by nobody: %v", e)
	}
	return ""
}
