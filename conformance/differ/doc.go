// Package differ reads the same octets with three readers of HTTP/1.1 responses
// and says where they disagree: ours (internal/http1, driven as the connector
// drives it), net/http's ReadResponse, and llhttp, the parser inside Node.
//
// Two readers that disagree about a message are how one response becomes two.
// So each disagreement that is known stands in a list of rules, which is data,
// with the reason why we keep it; one that no rule covers is an error, and so is
// a rule that covers nothing any more.
//
//	go test .                          # the vectors, the seeds and 20 000 generated cases
//	go test . -cases 500000 -seed 7    # more of them, and others
//	go test . -fuzz FuzzResponse
//
// llhttp is asked through a Node that is found in PATH, or named by the
// environment variable ORACLE_LLHTTP; without one it is left out, and the test
// says so.
//
// Limitations: a case is what one connection carries until its end, so time does
// not count, and of what follows the response only the place where it begins is
// compared. Both readers of the others are as strict as their users have them:
// Node's client runs llhttp without any lenient flag.
package differ
