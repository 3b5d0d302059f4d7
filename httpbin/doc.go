// Package httpbin is a site that answers with what it was asked: the one to try
// and test a client against, with no internet.
//
//	srv, err := httpbin.Start(ctx, "127.0.0.1:0")
//	if err != nil {
//		return err
//	}
//	defer srv.Close()
//	resp, err := session.Get(ctx, srv.URL()+"/get")
//
// The page at "/" lists every endpoint with a link to try it. Most answers come
// from go-httpbin, and have its shape: in JSON, each header and each argument
// is a list of strings. This package adds what a client has to cope with and
// neither httpbin.org nor go-httpbin offers: bodies cut short, bodies that grow
// a thousandfold when decompressed, interim responses, charsets other than
// UTF-8, br and zstd, and validators that a cache or a resumed download can use.
//
// # Limitations
//
//   - /brotli and /zstd send stored blocks: valid streams that every decoder has
//     to accept, but nothing in them is compressed.
//   - The address that /ip and the others tell is taken from X-Forwarded-For and
//     its like, if the request has them.
//   - A WebSocket at /websocket/echo ends after [Options.MaxDelay].
//   - [Server] speaks HTTP/1.1 without TLS; serve [New] from a server of your
//     own for anything else.
//   - /redirect-to sends the visitor to any site, so that redirects across
//     origins can be tried, and /bomb is a bomb: do not serve either to the
//     public under a name that people trust.
package httpbin
