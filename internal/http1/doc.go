// Package http1 is the HTTP/1.1 wire engine that the connector and the server
// run on: it renders and reads heads, decides how a body is framed, and reads
// and writes bodies, on any byte stream and in the caller's goroutine.
//
// It knows nothing of pools, time-outs or sessions, and imports the standard
// library only. It is strict: where a standard lets a recipient choose between
// repairing a malformed message and refusing it, it refuses, except for what a
// recipient of responses must accept (obsolete line folding). Where it is
// stricter than the standard, the comment above the code says "Not as RFC" and
// why.
//
// Limitations: only HTTP/1.x; only the chunked transfer coding; a field line
// has no limit of its own below that of its section.
package http1
