// Package python plays small programs with Python's aiohttp and with ours, each
// against servers that know nothing of HTTP but where a request ends, and compares
// what the servers saw and what the client concluded.
//
//	go test ./python -v
//
// A program is data, so that both sides have the same one: what a session is made
// with, the requests in their order, and the octets that answer them. Where the two
// differ, docs/from-python.md names the program and says why, and
// testdata/differences.txt holds what each did, aiohttp's with "-" and ours with "+".
// After a change in that:
//
//	go test ./python -update
//
// It needs a Python that has aiohttp: that of ORACLE_AIOHTTP, /usr/bin/python3
// (Debian's package python3-aiohttp) or python3. Where there is none it is left out,
// unless ORACLE_AIOHTTP is set.
//
// Limitations: the order of fields, User-Agent and the codings that are offered are
// not compared, nor the lengths of what only looks different (boundaries, blanks in
// JSON). The differences are those from aiohttp 3.8.4; with another release only what
// should be the same is compared.
package python
