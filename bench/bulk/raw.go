package bulk

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// openRaw is the least that a client can do, with reads of so many octets.
func openRaw(size int) func(Job) (haul, error) {
	return func(j Job) (haul, error) {
		var conn net.Conn
		var err error
		if j.Kind.secure() {
			conn, err = tls.Dial("tcp", j.Addr, peer.BelieveAll())
		} else {
			conn, err = net.Dial("tcp", j.Addr)
		}
		if err != nil {
			return nil, err
		}
		r := &raw{j, conn, bufio.NewReaderSize(conn, 4<<10), make([]byte, size)}
		if j.Kind == Upload {
			return r.upload, nil
		}
		return r.download, nil
	}
}

type raw struct {
	job  Job
	conn net.Conn
	head *bufio.Reader // for heads
	buf  []byte
}

func (r *raw) download() error {
	if _, err := fmt.Fprintf(r.conn, "GET /%d HTTP/1.1\r\nHost: %s\r\n\r\n", r.job.Bytes, r.job.Addr); err != nil {
		return err
	}
	resp, err := http.ReadResponse(r.head, nil)
	if err != nil {
		return err
	}
	early := int64(r.head.Buffered())
	if r.job.Kind == File {
		return r.save(early)
	}
	if _, err := r.head.Discard(int(early)); err != nil {
		return err
	}
	got := early
	for got < r.job.Bytes {
		n, err := r.conn.Read(r.buf)
		if err != nil {
			return err
		}
		got += int64(n)
	}
	return check(resp.StatusCode, got, r.job)
}

// save lets the system move the rest of a body into the file.
func (r *raw) save(early int64) error {
	return intoFile(r.job, func(f *os.File) (int64, error) {
		if _, err := io.CopyN(f, r.head, early); err != nil {
			return 0, err
		}
		n, err := f.ReadFrom(io.LimitReader(r.conn, r.job.Bytes-early))
		return early + n, err
	})
}

func (r *raw) upload() error {
	f, err := os.Open(r.job.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(r.conn, "PUT / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", r.job.Addr, r.job.Bytes); err != nil {
		return err
	}
	n, err := io.Copy(r.conn, f)
	if err != nil {
		return err
	}
	resp, err := http.ReadResponse(r.head, nil)
	if err != nil {
		return err
	}
	return check(resp.StatusCode, n, r.job)
}

// intoFile has the file of a job written anew.
func intoFile(j Job, write func(*os.File) (int64, error)) error {
	f, err := os.Create(j.Path)
	if err != nil {
		return err
	}
	n, err := write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return check(http.StatusOK, n, j)
}

// check holds a body that was moved against the job.
func check(status int, n int64, j Job) error {
	if status != http.StatusOK || n != j.Bytes {
		return fmt.Errorf("status %d, %d of %d bytes", status, n, j.Bytes)
	}
	return nil
}
