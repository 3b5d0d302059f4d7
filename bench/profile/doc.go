// Package profile tells where the time of a client goes: its profiles of
// processor time, allocations and locks as lists of functions, and the system
// calls that a request costs it.
//
// Limitations: the lists come from "go tool pprof", the system calls from
// strace, which slows a client down so much that more of its answers have come
// when it looks: it then waits in the poller less often than it does else.
package profile
