// Package faults holds the tests that send checked requests through toxiproxy, a
// proxy that delays, slices, throttles, cuts, resets and swallows what passes
// through it, over plain TCP and under TLS.
//
// Every answer must be right to the byte, or there must be an error of the
// documented shape; no request may outlast its time-outs; what must not be
// repeated may reach the site once.
package faults
