package sse

import (
	"time"

	"github.com/aiohttp-go/aiohttp"
)

// Options say how [Subscribe] asks, and asks again. The zero value is the default
// for every field.
type Options struct {
	// Request is what goes beyond the URL: header fields, queries, another
	// method with a body, time-outs. Its Timeouts.BodyStall is how long the
	// stream may be silent, comments included, before it is given up and asked
	// for again: 60 s by default, where the HTML standard advises servers to send
	// something every 15 s. Timeouts.Total bounds each stream. A body must be one
	// that can be sent again, so no Body.
	Request aiohttp.Request

	// LastEventID is what the first request says was the last event, to go on
	// from there. It is Event.ID of an earlier run.
	LastEventID string

	// Retry is how long to wait before the stream is asked for again, until the
	// server says something else about it. Zero means 3 s, as long as browsers
	// wait; negative means no wait.
	Retry time.Duration

	// MaxRetry bounds that time as it grows: it doubles with each attempt that
	// brings no stream, less a random part of up to a half. Zero and
	// negative mean one minute. A server that asks for a longer one is given it, up to an hour.
	MaxRetry time.Duration

	// MaxFailures bounds the attempts in a row that bring no stream; the error of
	// the last one ends the loop. Zero means no limit, as in browsers. Negative
	// means that nothing is asked for a second time: the end of the stream is the
	// end of the loop, and an error that of the first failure.
	MaxFailures int

	// RetryStatus lists statuses after which the stream is asked for again, such
	// as 502 and 503. A Retry-After field is honoured, up to an hour. None means,
	// as the HTML standard says, that every status but 200 ends the loop.
	RetryStatus []int

	// Limits bound what is held in memory of the stream.
	Limits Limits

	// OnOpen, when set, is called when a stream has begun, with its head; the
	// body must be left alone.
	OnOpen func(resp *aiohttp.Response)

	// OnRetry, when set, is called before the stream is asked for again, with
	// why that is, io.EOF when the server has ended it, and how long it will
	// wait.
	OnRetry func(cause error, wait time.Duration)
}
