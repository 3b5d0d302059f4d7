// Package aiohttptest tests code that sends requests, without sockets.
//
//	func TestItems(t *testing.T) {
//		server := aiohttptest.New(t)
//		server.Handle("GET https://api.example.com/items", aiohttptest.JSON(200, items))
//
//		client := NewClient(server.Session()) // the code under test
//		...
//		requests := server.Requests() // what it asked for
//	}
//
// Every host name leads to the server, in memory, by our own client as it is:
// connections are opened, pooled, reused, broken. URLs of scheme https reach it
// too, without TLS and so without certificates; handlers see Request.TLS set, and
// responses have no TLS state. Programs of net/http are served as well: see
// [Server.HTTPClient] and [Server.DialContext].
//
// [Server.Handle] says what a URL answers, [Server.Expect] what must be asked for
// and how it is answered in turn. Anything else that is asked for fails the test. Answers are
// any http.Handler; those made here are [Response] and its short forms [JSON],
// [Text] and [Status], [InTurn] and [Delay], [Raw] for bytes on the wire, and
// [Cut], [Flip], [Twice] and [Trickle] for answers that are damaged on their way.
// [Server.Fault] lets connections fail.
//
// # Time
//
// In a bubble of testing/synctest, time-outs, retries and rate limits take no
// time and are exact to the nanosecond:
//
//	synctest.Test(t, func(t *testing.T) {
//		server := aiohttptest.New(t) // belongs to the bubble
//		server.Handle("GET /", aiohttptest.Delay(time.Hour, aiohttptest.Status(200)))
//		...
//	})
//
// # Leaks
//
// A response that was neither read to its end nor closed fails the test, as does a
// request that is under way at its end, and a handler that panics. [LeakCheck] and [Main] find goroutines.
//
// # Limitations
//
// There is HTTP/1.1 only, and no proxy. Certificates are not checked, so pins and
// other TLS settings have no effect. All connections have the same two addresses,
// which are reserved for tests; Options.Guard of a connector may refuse them.
package aiohttptest
