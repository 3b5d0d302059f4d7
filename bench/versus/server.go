package versus

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// server is the origin in its process.
type server struct {
	cmd  *exec.Cmd
	addr string
}

func startServer(ctx context.Context, p Plan, secure bool) (*server, error) {
	cmd := exec.CommandContext(ctx, p.Program, "serve", "-tls="+strconv.FormatBool(secure))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := machine.StartOn(p.ServerCore, cmd); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s := &server{cmd: cmd}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("server: reading its address: %w", err)
	}
	s.addr = strings.TrimSpace(addr)
	return s, nil
}

// stop ends the server, which knows no gentler end.
func (s *server) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// busy gives the processor time of all processes but the server.
func (s *server) busy() (time.Duration, error) {
	all, err := machine.Busy()
	if err != nil {
		return 0, err
	}
	own, err := machine.ProcessCPU(s.cmd.Process.Pid)
	return all - own, err
}
