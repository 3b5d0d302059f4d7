package connector

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// splice lets the system move the rest of the body into a file. ok is false where it
// cannot, and nothing has been read then.
func (r *Reply) splice(to io.Writer) (n int64, ok bool, err error) {
	file, ok := plainFile(to)
	if !ok || !r.spliceable() || !takesSplice(file) {
		return 0, false, nil
	}
	n, err = r.spliceTo(file)
	return n, true, err
}

func (r *Reply) spliceable() bool {
	if r.conn == nil || r.conn.tls != nil || r.body.Kind() != http1.Length || r.body.Left() < 64<<10 {
		return false
	}
	_, tcp := r.conn.wire.Conn.(*net.TCPConn)
	return tcp
}

// takesSplice reports whether the system can move what is in a pipe into the file,
// which it cannot with most devices. Package os does not ask: it moves octets from
// the socket into a pipe of its own, and where the file does not take them they are
// lost. From an empty pipe there is nothing to lose.
func takesSplice(file *os.File) bool {
	raw, err := file.SyscallConn()
	if err != nil {
		return false
	}
	pipe := takeEmptyPipe()
	if pipe == nil {
		return false
	}
	defer emptyPipes.Put(pipe)
	const nonblock = 2 // SPLICE_F_NONBLOCK
	var refused error
	closed := raw.Control(func(fd uintptr) {
		_, refused = syscall.Splice(pipe.ends[0], nil, int(fd), nil, 1, nonblock)
	})
	return closed == nil && refused == syscall.EAGAIN
}

// emptyPipe is a pipe that nobody writes into. To make one and to close it takes the
// system nine times as long as to ask with it.
type emptyPipe struct{ ends [2]int }

var emptyPipes sync.Pool

// takeEmptyPipe gives nil where there are too many open files.
func takeEmptyPipe() *emptyPipe {
	if pipe, ok := emptyPipes.Get().(*emptyPipe); ok {
		return pipe
	}
	pipe := new(emptyPipe)
	if syscall.Pipe2(pipe.ends[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK) != nil {
		return nil
	}
	runtime.AddCleanup(pipe, func(ends [2]int) {
		syscall.Close(ends[0])
		syscall.Close(ends[1])
	}, pipe.ends)
	return pipe
}

func (r *Reply) spliceTo(file *os.File) (int64, error) {
	w := &r.conn.wire
	tcp := w.Conn.(*net.TCPConn)
	var total int64
	w.begin(&w.reads, r.conn.reading.stall, stallPhase)
	for !r.body.Done() {
		n, err := file.ReadFrom(&io.LimitedReader{R: tcp, N: min(r.body.Left(), filePiece)})
		r.body.Skip(n, false)
		total += n
		if n > 0 {
			w.progress(&w.reads)
		}
		switch {
		case err != nil && (ofFile(err) || errors.Is(err, syscall.EPIPE)): // which reading a socket does not give
			r.lose(err)
			return total, err
		case err != nil:
			err = w.failed(&w.reads, err)
		case n == 0:
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			r.end(err)
			return total, r.err
		}
	}
	r.end(io.EOF)
	return total, nil
}
