// Package recording records the traffic of a session, or of an http.Client, to a
// file that people can read, and replays it in tests without a network.
//
//	func TestItems(t *testing.T) {
//		tape := recording.New(t, "testdata/items.http", recording.Options{Mode: recording.Once})
//		session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{tape.Middleware}})
//		...
//	}
//
// A tape replays unless its [Mode] says otherwise. Each exchange of the file
// answers one request, in their order among those that match; what does not match
// any is a [*MissError], which names the nearest. Nothing is sent then. A tape that
// records writes its file when it is closed, whole or not at all, and readable
// for its owner only.
//
// # Secrets
//
// Passwords, keys and tokens are masked before anything is written: in
// Authorization, Cookie, Set-Cookie and the usual fields of APIs, in URLs and
// forms, and in JSON. See [Options] for the lists and for more. What is looked up
// in a replay is masked in the same way, so it matches whatever the secret is.
// Look through a new file before you publish it all the same.
//
// # The file
//
// It looks like what goes over the wire, request lines behind ">" and response
// lines behind "<":
//
//	aiohttp recording 1
//
//	> POST https://api.example.com/items
//	> Authorization: Bearer xxxxx
//	> Content-Type: application/json
//	>| {"name":"pen"}
//
//	< 201 Created
//	< Content-Type: application/json
//	<| {"id":7,
//	<+ "name":"pen"}
//	<|
//
//	# a comment
//
// The lines of a body are joined by line feeds: the one above ends with one. "+"
// continues a line without a line feed, "\" begins one with the escapes \\, \r, \t
// and \xHH, and "=" one of base64, for bodies that are no text; "~" is a line of the
// head with escapes. Blank lines part messages; comments may stand anywhere.
// Content-Length and the like are left out, as they follow from the body; that of
// an answer to HEAD stays.
//
// # Limitations
//
// Exchanges that fail are not recorded, nor are 1xx responses, trailers and how
// long anything took. Responses with status 101 cannot be recorded. Bodies are held
// in memory until the tape is closed. Replayed cookies do not reach a session's
// jar. A request does not show the session's cookies to its middleware, so they
// are neither recorded nor matched.
package recording
