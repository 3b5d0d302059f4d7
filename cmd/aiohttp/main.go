// Command aiohttp gets one page or any number of them at once, shows where the
// time of a request goes, and tells what is wrong with a connection.
//
// Data goes to stdout, everything said about it to stderr. The exit codes are
// listed by "aiohttp help exit-codes", the environment variables by "aiohttp
// help environment".
//
// Limitations: HTTP/1.1 only; one proxy on the way.
package main

import "os"

func main() { os.Exit(run()) }
