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
// Credentials are masked unless Options.KeepSecrets is set: those of header
// fields, cookies, URLs and URL-encoded forms. Bodies are left out unless
// Options.MaxBodyBytes is set; what other secrets are in them is not found.
//
// # Limitations
//
//   - Header fields stand in the order of their names, not in that of the wire.
//   - What a cache or other middleware answers by itself is not recorded.
//   - Entries come in the order in which exchanges end; the standard prefers, and
//     does not require, that in which they begin.
//   - Of a response that is neither read nor closed there is no entry.
//
// The standard: http://www.softwareishard.com/blog/har-12-spec/
package har
