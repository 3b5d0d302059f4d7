// Package hosts measures a crawl: many requests to many hosts, thousands of them
// in flight at a time, each answered after a while. It tells the rate, the
// memory that a request in flight takes, and, by runs of different lengths,
// whether memory grows with what is in flight or with what was asked.
//
// The hosts are addresses of the network 127.0.0.0/8, which needs no names; all
// have the same port, in one process.
//
// Limitations: the time to resolve names is not in it. A goroutine waits for
// each request in flight, and its stack is in the figures of every client.
package hosts
