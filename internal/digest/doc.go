// Package digest has what both ends of a proxy's and a server's Digest
// authentication have in common: it parses challenges, chooses among them and
// answers them (RFC 7616, and RFC 2617 and 2069 before it). It sends nothing.
package digest
