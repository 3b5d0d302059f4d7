package differ

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

//go:embed llhttp.js
var script string

// LLHTTP is a Node process whose llhttp reads cases. It is not safe for
// concurrent use.
type LLHTTP struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
}

// ErrNoNode says that there is no Node to ask.
var ErrNoNode = errors.New("no node in PATH (ORACLE_LLHTTP names one elsewhere)")

// StartLLHTTP starts the Node that ORACLE_LLHTTP names, or else that of PATH.
// Without either the error is ErrNoNode.
func StartLLHTTP() (*LLHTTP, error) {
	node := os.Getenv("ORACLE_LLHTTP")
	if node == "" {
		var err error
		if node, err = exec.LookPath("node"); err != nil {
			return nil, ErrNoNode
		}
	}
	l := &LLHTTP{cmd: exec.Command(node, "--no-deprecation", "-e", script)}
	l.cmd.Stderr = &l.stderr
	var err error
	if l.in, err = l.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	l.out = bufio.NewReader(out)
	if err := l.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", node, err)
	}
	return l, nil
}

// Close ends the process.
func (l *LLHTTP) Close() error {
	l.in.Close()
	return l.cmd.Wait()
}

// Read reads the cases, and gives an outcome for each.
func (l *LLHTTP) Read(cases []Case) ([]Outcome, error) {
	var all []byte
	for _, c := range cases {
		all = binary.BigEndian.AppendUint32(all, uint32(1+len(c.Method)+len(c.Wire)))
		all = append(all, byte(len(c.Method)))
		all = append(append(all, c.Method...), c.Wire...)
	}
	// Node writes while it reads, and so do we: neither waits for the other.
	written := make(chan error, 1)
	go func() {
		_, err := l.in.Write(all)
		written <- err
	}()
	outcomes := make([]Outcome, len(cases))
	for i := range outcomes {
		if err := l.next(&outcomes[i]); err != nil {
			l.in.Close()
			<-written
			return nil, fmt.Errorf("llhttp: case %d: %w: %s", i, err, l.stderr.String())
		}
	}
	return outcomes, <-written
}

// reply is an outcome as the script writes it.
type reply struct {
	Verdict            Verdict
	Err                string
	Interims           int
	Status             int
	Major, Minor       int
	Fields, Trailer    []string // names and values in turn
	Body               string
	Used               int
	Persists, Switched bool
}

// next reads one outcome.
func (l *LLHTTP) next(o *Outcome) error {
	var size [4]byte
	if _, err := io.ReadFull(l.out, size[:]); err != nil {
		return err
	}
	text := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(l.out, text); err != nil {
		return err
	}
	var r reply
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	if r.Verdict != Delivered {
		*o = Outcome{Verdict: r.Verdict, Err: r.Err}
		return nil
	}
	if r.Major != 1 {
		*o = Outcome{Verdict: Refused, Err: fmt.Sprintf("version %d.%d, which Node's client takes as it comes", r.Major, r.Minor)}
		return nil
	}
	*o = Outcome{
		Interims: r.Interims, Status: r.Status, Minor: min(r.Minor, 1), Fields: pairs(r.Fields),
		Used: r.Used, Switched: r.Switched,
	}
	if !r.Switched {
		o.Body, o.Trailer, o.Persists = octets(r.Body), pairs(r.Trailer), r.Persists
	}
	return nil
}

// pairs makes fields of names and values in turn.
func pairs(list []string) []Field {
	var fields []Field
	for ; len(list) >= 2; list = list[2:] {
		fields = append(fields, Field{strings.ToLower(string(octets(list[0]))), string(octets(list[1]))})
	}
	return fields
}

// octets gives those that the characters of s stand for.
func octets(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}
