package aiohttp

import "unsafe"

// A Response fits, with the runtime's word for its kind, into the size class of
// 1024 octets: the next one costs an eighth more memory for each request.
var _ [1016 - unsafe.Sizeof(Response{})]byte

// PlainTarget gives what the short way sends for a URL, when it takes it.
func PlainTarget(text string) (prefix, target string, ok bool) { return plain(text) }

// ParsedTarget gives what package net/url makes of it.
func ParsedTarget(text string) (addr, target string, err error) {
	u, err := parseURL(text)
	if err != nil {
		return "", "", err
	}
	d, err := destinationOf(u)
	if err != nil {
		return "", "", err
	}
	return d.addr, d.target, nil
}
