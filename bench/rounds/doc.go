// Package rounds measures contestants side by side: within a round each of them
// once, one after the other, in an order that is another each round. Every
// sample comes from a process of its own, on one core, with the server in
// another process on another core. A sample during which other processes used
// much of the machine is taken again.
//
// Limitations: with both sides on one machine the kernel's work for the loopback
// interface falls partly on the side that sends.
package rounds
