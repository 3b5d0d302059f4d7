// Package proxies plays requests through real proxies: squid (HTTP and HTTP inside
// TLS), tinyproxy, dante and microsocks, each with and without users, on the
// loopback.
//
//	go test -v ./...
//
// A proxy that is not installed is left out, and the test says so. Where CI is
// true, or TEST_INSTALL is set, they are installed by apt-get first.
//
// The proxies other than squid find the names of the tests by nss_wrapper, which
// stands before the system's own databases; the machine's are not touched.
//
// Limitations: the tests use real time and real connections. Dante is started as
// root only, since it wants to change its user.
package proxies
