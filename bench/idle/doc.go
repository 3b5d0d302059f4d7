// Package idle measures what a client's connections at rest hold: resident
// memory, heap, stacks, goroutines.
//
// A client opens its connections by as many requests at once, which the server
// holds back until all have come; they are answered, everything that can be
// freed is freed, and what is left over is divided by the number of connections.
//
// Limitations: the figures hold what a client has once only, such as its pools,
// divided by the number of connections. The kernel's memory for the sockets is
// not among them; it is the same for all.
package idle
