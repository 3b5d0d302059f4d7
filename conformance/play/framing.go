package play

import (
	"bufio"
	"io"
	"net/textproto"
	"strconv"
	"strings"
)

// readBody reads the body of the request, once, as its head frames it. It is
// lenient: what was sent is judged by the vector, not here.
func (t *talk) readBody() error {
	if t.bodyRead {
		return nil
	}
	t.bodyRead = true
	length, chunked := framing(string(t.head))
	if chunked {
		return copyChunked(recorder{t.req}, t.r)
	}
	_, err := io.CopyN(recorder{t.req}, t.r, length)
	return err
}

// framing finds out how a request's body ends.
func framing(head string) (length int64, chunked bool) {
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(line, ":")
		value = textproto.TrimString(value)
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Content-Length":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				length = n
			}
		case "Transfer-Encoding":
			chunked = strings.Contains(strings.ToLower(value), "chunked")
		}
	}
	return length, chunked
}

// copyChunked copies a chunked body with its framing.
func copyChunked(dst io.Writer, src *bufio.Reader) error {
	for {
		line, err := src.ReadString('\n')
		io.WriteString(dst, line)
		if err != nil {
			return err
		}
		digits, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		size, err := strconv.ParseInt(digits, 16, 40)
		if err != nil {
			return err
		}
		if size == 0 {
			return copyTrailer(dst, src)
		}
		if _, err := io.CopyN(dst, src, size+int64(len("\r\n"))); err != nil {
			return err
		}
	}
}

func copyTrailer(dst io.Writer, src *bufio.Reader) error {
	for {
		line, err := src.ReadString('\n')
		io.WriteString(dst, line)
		if err != nil || strings.TrimSpace(line) == "" {
			return err
		}
	}
}
