// Package har records what a session does as HAR 1.2, the "HTTP Archive" that the
// network panels of browsers read and write.
//
//	f, err := os.Create("session.har")
//	...
//	recorder := har.New(f)
//	session := aiohttp.NewSession(aiohttp.Options{Trace: []*tracing.Trace{recorder.Trace()}})
//	... // send requests, read responses
//	session.Close()
//	err = recorder.Close()
//
// Each exchange that is over becomes an entry, redirects and repetitions too. It
// is written at once, so that memory is needed for what is under way only.
//
// # Secrets
//
// Credentials are masked unless Options.KeepSecrets is set: the values of cookies,
// of Authorization and of the usual fields of APIs, passwords and parameters of
// URLs, and by their names fields of forms and members of JSON ("password",
// "access_token", and the like). Bodies are left out unless Options.MaxBodyBytes is
// set; what other secrets are in them, in a page or under a name of your own, is
// not found. So look into a file before you give it away.
//
// # In the viewers
//
// Chromium's and Firefox's network panels open the files; conformance/viewers
// holds that. Beyond the standard there are _connectionId, _resourceType,
// _transferSize and _error, as Chrome writes them. A request that brought no answer
// has status 0, and its error as a comment; the panels show neither comments nor
// _error, Chromium calls its status "Finished".
//
// connection is the server's port, which is what the panels take it for.
//
// # Limitations
//
//   - Header fields stand in the order of their names, not in that of the wire.
//   - What a cache or other middleware answers by itself is not recorded.
//   - Entries come in the order in which exchanges end; the standard prefers, and
//     does not require, that in which they begin.
//   - Of a response that is neither read nor closed there is no entry.
//   - Parts of multipart bodies that are no text are left out of them.
//
// The standard: http://www.softwareishard.com/blog/har-12-spec/
package har
