// Package conformance holds the tests that play the vectors of testdata against
// the client: every scripted answer against connector.Connector as an
// http.RoundTripper and against aiohttp.Session, and every sequence of cookies
// through both faces of cookie.Jar.
//
//	go test ./...
//
// A vector passes, or stands on a list of exclusions with the reason; one that
// stands there and passes is an error too. RESULTS.md holds the counts; after a
// change in them:
//
//	go test . -update
//
// RFC6265bis.md, RFC9110.md, RFC9111.md and RFC9112.md name, for each rule of the RFC that binds a
// client or its cache, the test that holds it.
//
// Package gostd runs Go's own tests of net/http over the connector, and package
// differ compares our reader of responses with those of net/http and Node. Package
// faults sends checked requests through a proxy that fails, package soak lets a
// client live through restarts and resets, for as long as it is told.
// Package cachetests runs the suite of cache-tests.fyi against package cache, and
// package python plays small programs with Python's aiohttp and with ours. Package
// viewers opens HAR files in Chromium and Firefox.
// Package memory measures what the client holds of bodies of 4 GiB and of bombs.
//
// Limitations: the vectors are a sample of the rules, not the rules. They use
// real time and real connections, and so a machine under heavy load can fail
// one that looks for a deadline.
package conformance
