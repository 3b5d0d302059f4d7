package bulk

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/aiohttp-go/aiohttp/bench/origin"
	"golang.org/x/sys/unix"
)

// supply is the length of what the server's bodies are made of.
const supply = 4 << 20

// Serve answers GET /N with N octets, and takes in the bodies of other requests,
// until l is closed.
func Serve(l net.Listener) error {
	fd, err := unix.MemfdCreate("supply", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("memfd_create: %w", err)
	}
	source := os.NewFile(uintptr(fd), "supply")
	defer source.Close()
	if _, err := source.WriteString(strings.Repeat("0123456789abcdef", supply/16)); err != nil {
		return err
	}
	return origin.Accept(l, func(conn net.Conn) { converse(conn, fd) })
}

// converse answers the requests of one connection until it fails, which is how
// clients end it.
func converse(conn net.Conn, fd int) {
	// Each connection reads at a position of its own.
	source, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return
	}
	defer source.Close()
	rd := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(rd)
		if err != nil {
			return
		}
		if req.Method == http.MethodGet {
			err = give(conn, source, req.URL.Path)
		} else {
			err = take(conn, rd, req.ContentLength)
		}
		if err != nil {
			return
		}
	}
}

// give sends as many octets as the path says.
func give(conn net.Conn, source *os.File, path string) error {
	length, err := strconv.ParseInt(strings.TrimPrefix(path, "/"), 10, 64)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", length); err != nil {
		return err
	}
	for length > 0 {
		if _, err := source.Seek(0, io.SeekStart); err != nil {
			return err
		}
		n, err := io.Copy(conn, &io.LimitedReader{R: source, N: min(length, supply)})
		if err != nil {
			return err
		}
		length -= n
	}
	return nil
}

// take throws a body away and answers.
func take(conn net.Conn, rd *bufio.Reader, length int64) error {
	if length < 0 {
		return errors.New("body without a length")
	}
	n, err := rd.Discard(int(min(length, int64(rd.Buffered()))))
	if err != nil {
		return err
	}
	if err := waste(conn, length-int64(n)); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	return err
}

// waste reads so many octets, on a plain socket without copying them.
func waste(conn net.Conn, length int64) error {
	if _, secure := conn.(*tls.Conn); secure {
		_, err := io.CopyN(io.Discard, conn, length)
		return err
	}
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<20)
	for length > 0 {
		var n int
		var failure error
		err := raw.Read(func(fd uintptr) bool {
			n, _, failure = syscall.Recvfrom(int(fd), buf[:min(length, int64(len(buf)))], syscall.MSG_TRUNC|syscall.MSG_DONTWAIT)
			return failure != syscall.EAGAIN && failure != syscall.EINTR
		})
		switch {
		case err != nil:
			return err
		case failure != nil:
			return failure
		case n == 0:
			return io.ErrUnexpectedEOF
		}
		length -= int64(n)
	}
	return nil
}
