// Package tracing is told what happens while a request travels: the signals of
// aiohttp's TraceConfig and those of net/http/httptrace, with typed events.
//
// A [Trace] is a struct of functions, any of which may be nil. It is given to a
// session, or to a request, and several may be at work at once:
//
//	trace := &tracing.Trace{
//		OnRequestStart: func(c *tracing.Call, e tracing.RequestStart) { c.Value = e.Time },
//		OnRequestEnd: func(c *tracing.Call, e tracing.RequestEnd) {
//			log.Print(e.Method, " ", e.URL, " ", e.Status, " ", e.Time.Sub(c.Value.(time.Time)))
//		},
//	}
//	session := aiohttp.NewSession(aiohttp.Options{Trace: []*tracing.Trace{trace}})
//
// What a call of a session does is a number of exchanges, each one request and
// its response: one for each redirect, and as many more as middleware makes. The
// signals of a call are OnRequestStart, then OnRequestRedirect for each redirect,
// then OnRequestEnd or OnRequestException. All others are of an exchange, whose
// number they bear: from OnExchangeStart to OnExchangeEnd.
//
// # Threads and time
//
// The functions of one call never run at the same time, whatever goroutine they
// run in. That is the one that sends or reads, except for OnRequestChunkSent and
// OnRequestSent of a body that is sent while the answer is awaited, and for those
// of a connection that is opened while the call waits. In OnRequestChunkSent,
// OnRequestSent, and in OnConnectStart and OnConnectEnd of a host that has several
// addresses, a panic ends the program, or is the call's error; elsewhere it comes
// out of the session's method.
//
// None runs after the call has failed, or its response was read to its end or
// closed: what would be told later is not told. A function must neither block nor
// use the request, the response or the session. What an event points to is good
// only until the function returns, unless it says otherwise; Clone what is kept.
//
// An event may be told somewhat later than it happened; its Time is right.
//
// # Limitations
//
//   - Requests of Session.HTTPClient and of Connector.RoundTrip are not told of:
//     they have net/http/httptrace.
//   - Nor are requests that middleware makes anew, in the place of the one that it
//     was given, nor responses that it makes by itself.
//   - Events hold what was sent and received, credentials included.
package tracing
