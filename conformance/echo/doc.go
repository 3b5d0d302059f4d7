// Package echo is a site that gives back what it was sent, and requests that check
// that they got it back: each has bytes of its own, and so the answer of another,
// or a part of it, is seen. Packages faults and soak send them over networks that
// fail.
package echo
