// Package machine asks Linux what the benchmarks need to know: what a process
// has used, how busy the other processes are, on which core one runs, and what
// machine this is.
//
// Limitations: Linux only; the whole benchmark is.
package machine
