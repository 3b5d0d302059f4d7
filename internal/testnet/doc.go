// Package testnet is an in-memory, faulty, leak-checked network for tests.
//
// It gives conns that behave as TCP sockets do where a client or a server can
// tell: buffered in both directions, half-closed, closed, reset, refused, slow,
// stalled, cut and damaged, with the errors that the net package would give.
//
//	ln, err := network.Listen("example.com:80")
//	conn, err := network.DialContext(ctx, "tcp", "example.com:80")
//
// A test that knows every byte needs no server: it is the peer itself, in one
// line of control, see [Peer]:
//
//	client, server := testnet.Pipe()
//	peer := testnet.Peer(t, server)
//	go roundTrip(client)
//	peer.WantRead("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
//	peer.Write("HTTP/1.1 204 No Content\r\n\r\n")
//
// Everything that blocks does so durably in the sense of testing/synctest, and
// every delay is a timer, so that a bubble's fake clock rules it. A [Network],
// its listeners and its conns belong to the bubble that they were made in.
//
// [Main] in a package's TestMain fails the run when goroutines or conns are
// left behind; [LeakCheck] does the same for one test.
//
// Limitations:
//   - Closing a conn that has unread bytes is a plain close. A kernel would
//     reset the connection, by which the peer may lose what it has not read.
//   - The first write after the peer has closed fails, with EPIPE. A kernel lets
//     that write pass, and only the next one fails.
//   - The errors of a dead conn stay the same for ever. A kernel gives ECONNRESET
//     once, then io.EOF for reads and EPIPE for writes.
//   - There is no file descriptor: conns do not implement syscall.Conn.
//   - There is no UDP, and no Unix socket.
package testnet
