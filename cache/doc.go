// Package cache is a private HTTP cache (RFC 9111) for clients: middleware that
// keeps responses and answers with them while they are valid.
//
//	c := cache.New()
//	defer c.Close()
//	session := aiohttp.NewSession(aiohttp.Options{
//		Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(c.Transport)},
//	})
//
// It speaks net/http's types, so that it serves any client:
//
//	client := &http.Client{Transport: c.Transport(http.DefaultTransport)}
//
// Responses are kept in memory, or in a folder that several processes may share
// ([OpenDisk]), or by whatever else is a [Store]. A response says in its
// Cache-Status field (RFC 9211) what the cache did; [OutcomeOf] reads it.
//
// A cache serves one user. What is in it is given to every request for the same
// URL: requests with other cookies get it too, since sites leave Vary out that
// ought to send it. Responses to requests with an Authorization field are kept
// apart by its value. A cache that acts for several users needs
// [Options.Shared].
//
// In a session a private cache stands in front of middleware that adds credentials,
// retries or limits, as the first: what it has is not asked for then. Behind Digest,
// whose Authorization is new each time, it would find nothing. A shared one stands
// behind credentials all the same, to know what they are for.
//
// Identical requests that run at the same time are one request to the origin.
// So is what is revalidated in the background (RFC 5861), which Close joins.
//
// Limitations: partial responses (206) are passed on and not kept, though ranges
// are served from whole responses. A request for several ranges goes to the
// origin. Trailers are not kept. A stored response has no TLS state. Where nothing
// stored may be used without the origin's word (must-revalidate) and the origin cannot
// be asked, the caller gets that error, not a response of status 504.
package cache
