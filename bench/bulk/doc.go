// Package bulk measures large bodies over one connection: how fast a client
// takes them in, writes them to a file or sends them, and the processor time
// that a gigabyte costs it. The bound is a loop of reads on a socket.
//
// The server sends from memory that it does not touch (sendfile) and throws
// away what it is sent without copying it (MSG_TRUNC), so that the client is
// the slower side. Over TLS both sides do the same work.
//
// Limitations: a new connection's first body, over which its window grows, is
// left out. A body's content is not looked at, only its length.
package bulk
