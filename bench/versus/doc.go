// Package versus measures the clients of package peer side by side.
//
// The server runs on one core and the client on another, each in a process of
// its own. Within a round every client is measured once at each setting, one
// after the other, in an order that is another each round; what is quoted are
// medians over the rounds, and ratios of figures from the same round. A
// measurement during which other processes used much of the machine is repeated.
//
// Limitations: with both sides on one machine the kernel's work for the loopback
// interface falls partly on the side that sends.
package versus
