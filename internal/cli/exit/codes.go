// Package exit gives each way in which the command can end its number.
//
// The numbers are the command's contract with the scripts that call it. Where
// curl has a number for the same thing, it is curl's.
package exit

import "strconv"

// Code is an exit status of the process.
type Code int

// The codes. Their meanings are in [Table].
const (
	OK          Code = 0
	Failed      Code = 1
	Usage       Code = 2
	Input       Code = 3
	ClientError Code = 4
	ServerError Code = 5
	DNS         Code = 6
	Connect     Code = 7
	Write       Code = 23
	Timeout     Code = 28
	TLS         Code = 35
	Redirects   Code = 47
	Broken      Code = 56
	Certificate Code = 60
	TooLarge    Code = 63
	Proxy       Code = 97
	Interrupted Code = 130
	Terminated  Code = 143
)

// Row is one line of [Table].
type Row struct {
	Code    Code
	Meaning string
}

// Table lists every code that the command ends with, in ascending order. It
// must not be changed.
var Table = [...]Row{
	{OK, "everything went well"},
	{Failed, "some URLs of a fetch failed, a warning of doctor, or anything not below"},
	{Usage, "a command, flag or argument is wrong, or flags exclude each other"},
	{Input, "a URL, an input file or what a flag says cannot be understood or read"},
	{ClientError, "get --fail or doctor: the status was 4xx"},
	{ServerError, "get --fail or doctor: the status was 5xx"},
	{DNS, "the host name could not be resolved"},
	{Connect, "no connection to the host could be opened"},
	{Write, "the output could not be written"},
	{Timeout, "a time limit was reached"},
	{TLS, "the TLS handshake failed"},
	{Redirects, "there were more redirects than allowed"},
	{Broken, "the connection broke, or the answer was no valid HTTP"},
	{Certificate, "the server's certificate is not to be believed"},
	{TooLarge, "the answer was larger than allowed"},
	{Proxy, "the proxy refused to connect to the host, or did not answer"},
	{Interrupted, "interrupted (SIGINT, Ctrl-C); a fetch, only where something is left"},
	{Terminated, "terminated (SIGTERM); a fetch, only where something is left"},
}

// String gives the code's number.
func (c Code) String() string { return strconv.Itoa(int(c)) }
