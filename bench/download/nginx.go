package download

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// configuration of nginx: two workers as the reference machine has cores, no
// log, connections that are never closed.
const configuration = `%[4]sdaemon off;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	keepalive_timeout 300s;
	client_body_temp_path %[1]s/tmp;
	proxy_temp_path %[1]s/tmp;
	fastcgi_temp_path %[1]s/tmp;
	uwsgi_temp_path %[1]s/tmp;
	scgi_temp_path %[1]s/tmp;
	server {
		listen %[2]s;
		root %[3]s;
	}
}
`

// nginx is a running server.
type nginx struct {
	cmd  *exec.Cmd
	addr string
	said bytes.Buffer
}

// startNginx serves a folder on a free port; work is a folder for its own files.
func startNginx(ctx context.Context, work, root string) (*nginx, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n" // else the workers are nobody, who may not read the folder
	}
	conf := filepath.Join(work, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, configuration, work, addr, root, user), 0o600); err != nil {
		return nil, err
	}
	n := &nginx{addr: addr, cmd: exec.CommandContext(ctx, "nginx", "-p", work, "-c", conf)}
	n.cmd.Stderr = &n.said
	n.cmd.Cancel = func() error { return n.cmd.Process.Signal(os.Interrupt) } // the workers end with it
	n.cmd.WaitDelay = 5 * time.Second
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	if err := n.wait(ctx); err != nil {
		n.stop()
		return nil, fmt.Errorf("nginx: %w: %s", err, bytes.TrimSpace(n.said.Bytes()))
	}
	return n, nil
}

// wait waits until nginx takes connections.
func (n *nginx) wait(ctx context.Context) error {
	const patience, step = 5 * time.Second, 20 * time.Millisecond
	for began := time.Now(); time.Since(began) < patience; {
		conn, err := net.Dial("tcp", n.addr)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(step):
		}
	}
	return errors.New("it does not listen")
}

func (n *nginx) stop() {
	n.cmd.Process.Signal(os.Interrupt)
	n.cmd.Wait()
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
