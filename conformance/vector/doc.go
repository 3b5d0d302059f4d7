// Package vector is the data that the conformance tests play: scripted answers
// of a server with what a client must make of them, and sequences of Set-Cookie
// fields with the Cookie field that must follow.
//
// The files are language-neutral JSON. Each entry names the rule behind it, and
// whose test gave the idea.
//
// Limitations: what this package does not know in a file is an error, so that no
// check is dropped unseen when the data is renewed.
package vector
