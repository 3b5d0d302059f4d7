// Package features measures what each feature of a session adds to a request: a
// middleware, a trace, a jar of cookies, a recorder; used, and there without being
// used. The connection is memory: one write takes the request, one read gives the
// answer, in the same goroutine and without an allocation, so that neither the
// network nor the scheduler is in the figures.
//
// Limitations: what a feature costs where it acts (a retry, a cookie that is set, a
// wait for a turn) is not measured, only that it might.
package features
