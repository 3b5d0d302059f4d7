// Package viewers opens the HAR files of tracing/har in the network panels of
// Chromium and of Firefox, the real ones, and looks at what they show.
//
//	go test -v ./viewers
//	go test ./viewers -pictures /tmp
//
// Chromium's panel is the page of its own DevTools, driven over the DevTools
// protocol; Firefox's belongs to a toolbox of its own, driven over Marionette. A
// browser that is not installed is left out, and the test says so.
//
// What the viewers do of themselves: Chromium imports no reason of a failure, and
// shows its status as "Finished"; Firefox adds the TLS handshake to the time of the
// connection, of which it is a part. Both leave comments out.
//
// Limitations: the tests use real time and real connections, and modules of the
// browsers by the names that they have in them, which may change. Tried with
// Chromium 156 and Firefox 153 ESR, from Debian.
package viewers
