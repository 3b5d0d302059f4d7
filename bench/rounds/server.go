package rounds

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// Server is what the contestants talk to, in its process.
type Server struct {
	// Addr is what the server printed: its address, as a rule.
	Addr string

	cmd *exec.Cmd
}

// Serve starts a command of this program as the server. It must print a line
// when it is ready.
func (c *Conditions) Serve(ctx context.Context, args ...string) (*Server, error) {
	cmd := exec.CommandContext(ctx, c.Program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := machine.StartOn(c.ServerCore, cmd); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s := &Server{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("server: reading its address: %w", err)
	}
	s.Addr = strings.TrimSpace(line)
	return s, nil
}

// Stop ends the server, which knows no gentler end.
func (s *Server) Stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// others gives the processor time of all processes but the server.
func (s *Server) others() (time.Duration, error) {
	all, err := machine.Busy()
	if err != nil {
		return 0, err
	}
	own, err := machine.ProcessCPU(s.cmd.Process.Pid)
	return all - own, err
}
