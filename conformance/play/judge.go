package play

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

// judge holds one exchange against its vector.
type judge struct {
	vector   *vector.Client
	server   *server
	exchange *exchange
	outcome  Outcome
}

// answer looks at what the client made of the answer.
func (j *judge) answer() {
	v, e, o := j.vector, j.exchange, &j.outcome
	switch {
	case e.panicked:
		o.worsen(Fail, "the client panicked")
	case e.err == nil && v.Expect == "error":
		o.worsen(Fail, "accepted what must be refused")
	case e.err == nil:
		if d := differs(e, v.Parsed, v.ReadLimit > 0); d != "" {
			o.worsen(Fail, "%s", d)
		}
	case v.Expect == "ok":
		o.worsen(Fail, "refused what must be accepted")
	case e.timedOut() && !saysTimeout(e.err):
		o.worsen(Fail, "ended by the deadline, with an error that does not say so")
	case e.timedOut():
		o.worsen(Weak, "ended only by the deadline")
	}
}

func (j *judge) memory(grown uint64) {
	if most := j.vector.MaxHeapMB; most > 0 && grown > uint64(most)<<20 {
		j.outcome.worsen(Fail, "the heap grew by %d MiB, limit %d", grown>>20, most)
	}
}

// wire looks at the requests as the server got them.
func (j *judge) wire() {
	v, o := j.vector, &j.outcome
	if v.MaxRequests == 0 && len(v.Wire) == 0 {
		return
	}
	if j.exchange.err != nil {
		time.Sleep(settle) // what was sent before the failure may be on its way
	}
	requests := j.server.got()
	if v.MaxRequests > 0 && len(requests) > v.MaxRequests {
		o.worsen(Fail, "%d requests were sent", len(requests))
	}
	for _, w := range v.Wire {
		if w.Index < len(requests) {
			j.look(w, requests[w.Index].text())
		} else if !w.Optional && j.exchange.err == nil && v.Expect == "ok" {
			o.worsen(Fail, "request %d was not sent", w.Index)
		}
	}
}

// look matches one request. What must be there is asked of a success only.
func (j *judge) look(w vector.Wire, text string) {
	if j.exchange.err == nil {
		for _, pattern := range w.Match {
			if !regexp.MustCompile(pattern).MatchString(text) {
				j.outcome.worsen(Fail, "request %d does not match %s: %.160q", w.Index, pattern, text)
			}
		}
	}
	for _, pattern := range w.NotMatch {
		if regexp.MustCompile(pattern).MatchString(text) {
			j.outcome.worsen(Fail, "request %d matches %s: %.160q", w.Index, pattern, text)
		}
	}
}

// follow sends a plain request, which must get its own answer.
func (j *judge) follow(client Client) {
	const patience = 4 * time.Second
	v, o := j.vector, &j.outcome
	last := -1 // the connection of the vector's own request
	if requests := j.server.got(); len(requests) > 0 {
		last = requests[len(requests)-1].conn
	}
	if delay := time.Duration(v.Follow.DelayMS) * time.Millisecond; delay > 0 {
		time.Sleep(delay)
		if j.server.quiet() {
			time.Sleep(settle)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	url := "http://" + host(v) + ":" + j.server.port + followTarget
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		o.worsen(Fail, "making the request behind: %v", err)
		return
	}
	e := send(client, req, false, reading{})
	switch {
	case e.err != nil:
		o.worsen(Fail, "the request behind it failed: %v", e.err)
	case e.resp.StatusCode != http.StatusOK || string(e.body) != followBody:
		o.worsen(Fail, "POISONED: the request behind it got %s", e)
	default:
		conn, err := strconv.Atoi(e.resp.Header.Get(connField))
		j.reuse(err == nil && conn == last)
	}
}

// reuse looks at whether the request behind went over the same connection.
func (j *judge) reuse(same bool) {
	v, o := j.vector, &j.outcome
	if failed := j.exchange.err != nil; failed {
		if same && v.Expect != "ok" && j.exchange.resp == nil {
			o.worsen(Fail, "the connection was reused after an error")
		}
		return
	}
	if want := v.Follow.SameConn; want != nil && *want && !same {
		o.worsen(Weak, "the connection was not reused")
	} else if want != nil && !*want && same {
		o.worsen(Fail, "the connection was reused")
	}
}
