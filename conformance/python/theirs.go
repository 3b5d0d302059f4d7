package python

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

//go:embed driver.py
var driver string

// theirs is a Python that plays programs.
type theirs struct {
	Version string          `json:"version"`
	Names   []string        `json:"names"` // of the module aiohttp
	known   map[string]bool // the names

	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// start starts an interpreter.
func start(interpreter string) (*theirs, error) {
	cmd := exec.Command(interpreter, "-c", driver)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &theirs{cmd: cmd, in: in, out: json.NewDecoder(bufio.NewReader(out)), known: map[string]bool{}}
	if err := p.out.Decode(p); err != nil {
		p.close()
		return nil, fmt.Errorf("%s has no aiohttp: %w", interpreter, err)
	}
	for _, name := range p.Names {
		p.known[name] = true
	}
	return p, nil
}

// close lets the interpreter end.
func (p *theirs) close() error {
	p.in.Close()
	return p.cmd.Wait()
}

// play plays a program on a stage.
func (p *theirs) play(s *stage) ([]Conclusion, error) {
	line, err := json.Marshal(s.program)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(p.in, s.names.Replace(string(line))+"\n"); err != nil {
		return nil, err
	}
	var concluded []Conclusion
	err = p.out.Decode(&concluded)
	return concluded, err
}
