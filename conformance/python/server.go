package python

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// stage is where one side plays a program: two servers that share its answers, and
// what they saw.
type stage struct {
	program  *Program
	listener [2]net.Listener
	names    *strings.Replacer // from placeholders to origins
	back     *strings.Replacer // and back

	mu    sync.Mutex
	seen  []string
	conns []net.Conn
	done  sync.WaitGroup
}

// newStage opens the servers.
func newStage(p *Program) (*stage, error) {
	s := &stage{program: p}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	closed.Close()
	for i := range s.listener {
		if s.listener[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			s.close()
			return nil, err
		}
		s.done.Go(func() { s.accept(i) })
	}
	a, b, z := port(s.listener[0]), port(s.listener[1]), port(closed)
	s.names = strings.NewReplacer("{A}", "http://a.test:"+a, "{B}", "http://b.test:"+b, "{I}", "http://127.0.0.1:"+a, "{Z}", "http://a.test:"+z,
		"{a}", a, "{b}", b)
	s.back = strings.NewReplacer(":"+a, ":1", ":"+b, ":2", ":"+z, ":3", "%3A"+a, "%3A1")
	return s, nil
}

func port(l net.Listener) string {
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

// close ends the servers and their connections.
func (s *stage) close() {
	for _, l := range s.listener {
		if l != nil {
			l.Close()
		}
	}
	s.mu.Lock()
	for _, conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

func (s *stage) accept(server int) {
	for {
		conn, err := s.listener[server].Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.done.Go(func() {
			defer conn.Close()
			in := bufio.NewReader(conn)
			for s.serve(server, conn, in) {
			}
		})
	}
}

// serve takes one request and answers it. False means that the connection is over.
func (s *stage) serve(server int, conn net.Conn, in *bufio.Reader) bool {
	line, fields, err := readHead(in)
	if err != nil {
		return false
	}
	if fields.get("expect") != "" {
		io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	body, err := readBody(in, fields)
	if err != nil {
		return false
	}
	s.mu.Lock()
	answer := s.program.Answers[min(len(s.seen), len(s.program.Answers)-1)]
	s.seen = append(s.seen, s.back.Replace(s.report(server, line, fields, body)))
	s.mu.Unlock()
	answer, ends := strings.CutSuffix(answer, "{close}")
	answer, silent := strings.CutSuffix(answer, "{silence}")
	answer, breaks := strings.CutSuffix(answer, "{reset}")
	io.WriteString(conn, s.names.Replace(answer))
	if breaks {
		conn.(*net.TCPConn).SetLinger(0) // closing is a reset then
	}
	if silent {
		in.ReadByte() // until the client leaves
	}
	return !ends && !silent && !breaks
}

// fields are those of a request, by lower-case names.
type fields []Field

func (f fields) get(name string) string {
	for _, field := range f {
		if field[0] == name {
			return field[1]
		}
	}
	return ""
}

func readHead(in *bufio.Reader) (line string, f fields, err error) {
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			return "", nil, err
		}
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		switch name, value, _ := strings.Cut(text, ":"); {
		case line == "":
			line = text
		case text == "":
			return line, f, nil
		default:
			f = append(f, Field{strings.ToLower(name), strings.TrimSpace(value)})
		}
	}
}

func readBody(in *bufio.Reader, f fields) (string, error) {
	if strings.EqualFold(f.get("transfer-encoding"), "chunked") {
		body, err := io.ReadAll(httputil.NewChunkedReader(in))
		if err == nil {
			_, err = in.ReadString('\n') // the end of the trailers, of which there are none
		}
		return string(body), err
	}
	n, _ := strconv.Atoi(f.get("content-length"))
	body := make([]byte, n)
	_, err := io.ReadFull(in, body)
	return string(body), err
}

var (
	boundary  = regexp.MustCompile(`boundary="?([^";]+)"?`)
	typeFirst = regexp.MustCompile(`(Content-Type: [^\r]*\r\n)(Content-Disposition: [^\r]*\r\n)`)
)

// report writes a request down, so that what may differ does not.
func (s *stage) report(server int, line string, f fields, body string) string {
	kind := f.get("content-type")
	length := f.get("content-length")
	if m := boundary.FindStringSubmatch(kind); m != nil {
		length = "of the form"
		kind = strings.Replace(kind, m[0], "boundary=BOUNDARY", 1)
		body = strings.ReplaceAll(body, m[1], "BOUNDARY")
		body = typeFirst.ReplaceAllString(body, "$2$1") // the order of a part's fields says nothing
	}
	if kind == "application/json" && !s.program.Exact {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			plain, _ := json.Marshal(v)
			body, length = string(plain), "of the JSON"
		}
	}
	if f.get("content-encoding") != "" {
		body, length = "compressed", "of it"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%c %s\n", 'A'+server, line)
	lines := make([]string, 0, len(f))
	for _, field := range f {
		switch field[0] {
		case "user-agent", "accept-encoding":
			field[1] = "…"
		case "content-type":
			field[1] = kind
		case "content-length":
			field[1] = length
		}
		lines = append(lines, field[0]+": "+field[1])
	}
	slices.Sort(lines)
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "\n%s\n", body)
	}
	return b.String()
}
