// Package play plays the vectors of package vector against a client: it starts
// the server that a vector describes, sends the request, and judges what came of
// it.
//
// Everything goes over TCP on the loopback interface, because that is the way
// that users' requests go: the engine has a path of its own for sockets.
//
// Limitations: the memory of a client is measured as the growth of the process's
// heap, so that vectors that measure it must be played alone.
package play
