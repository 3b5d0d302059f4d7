package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// version is that of the suite; another one would have other tests.
const version = "0.4.5"

// driver.mjs lists the tests, or runs those that are for browsers only.
//
//go:embed driver.mjs
var driver []byte

// suite is an installed suite.
type suite struct{ dir string }

// errMissing is why the suite cannot be run here.
var errMissing = errors.New("cannot run the suite")

// install gets the suite from npm.
func install(ctx context.Context, dir string) (*suite, error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, fmt.Errorf("%w: %w", errMissing, err)
		}
	}
	s := &suite{dir}
	if _, err := os.Stat(s.pkg("package.json")); err != nil {
		cmd := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "http-cache-tests@"+version)
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: npm install: %w\n%s", errMissing, err, text)
		}
	}
	return s, os.WriteFile(filepath.Join(dir, "driver.mjs"), driver, 0o600)
}

// pkg gives the path of a file of the suite.
func (s *suite) pkg(name string) string {
	return filepath.Join(s.dir, "node_modules", "http-cache-tests", name)
}

// node gives a command that runs a script, with the settings that npm would give it.
func (s *suite) node(ctx context.Context, dir string, args []string, config map[string]string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "node", append([]string{"--no-warnings"}, args...)...)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, os.Stderr, os.Environ()
	for name, value := range config {
		cmd.Env = append(cmd.Env, "npm_config_"+name+"="+value, "npm_package_config_"+name+"="+value)
	}
	return cmd
}

// serve starts the suite's server.
func (s *suite) serve(ctx context.Context) (*url.URL, func(), error) {
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	cmd := s.node(ctx, s.pkg("."), []string{"server/server.mjs"}, map[string]string{
		"protocol": "http", "port": strconv.Itoa(port), "pidfile": filepath.Join(s.dir, "server.pid"),
	})
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop := func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
	// It listens on all addresses, of IPv6 where there is that.
	addr := "127.0.0.1:" + strconv.Itoa(port)
	const patience, step = 20 * time.Second, 50 * time.Millisecond
	for end := time.Now().Add(patience); ; time.Sleep(step) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return &url.URL{Scheme: "http", Host: addr}, stop, nil
		}
		if time.Now().After(end) {
			stop()
			return nil, nil, fmt.Errorf("the suite's server: %w", err)
		}
	}
}

func freePort() (int, error) {
	ln, err := net.Listen("tcp", ":0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// test is one test of the suite, as driver.mjs lists it.
type test struct {
	ID          string            `json:"id"`
	Suite       string            `json:"suite"`
	Name        string            `json:"name"`
	Kind        string            `json:"kind"`
	BrowserOnly bool              `json:"browserOnly"`
	BrowserSkip bool              `json:"browserSkip"`
	DependsOn   []string          `json:"dependsOn"`
	Browsers    map[string]string `json:"browsers"` // published verdicts: pass, fail or nothing
}

// outcomes are the complaints of the suite by test; an empty one is none.
type outcomes map[string]string

// results is all that came of a run.
type results struct {
	tests           []test
	private, shared outcomes
}

// play runs the suite against both kinds of cache at once: it mostly waits.
func (s *suite) play(ctx context.Context, origin *url.URL) (*results, error) {
	all := &results{}
	list, err := s.node(ctx, s.dir, []string{"driver.mjs", "list"}, nil).Output()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(list, &all.tests); err != nil {
		return nil, err
	}
	privateErr := make(chan error, 1)
	go func() {
		var err error
		all.private, err = s.against(ctx, origin, cache.Options{}, true)
		privateErr <- err
	}()
	store, err := cache.OpenDisk(filepath.Join(s.dir, "store"), 0)
	if err == nil {
		all.shared, err = s.against(ctx, origin, cache.Options{Shared: true, Store: store}, false)
	}
	return all, errors.Join(err, <-privateErr)
}

// against runs the suite's command line against a cache, and with browser set what
// is for browsers only too.
func (s *suite) against(ctx context.Context, origin *url.URL, opts cache.Options, browser bool) (outcomes, error) {
	base, stop, err := startProxy(origin, opts)
	if err != nil {
		return nil, err
	}
	defer stop()
	got := outcomes{}
	text, err := s.node(ctx, s.pkg("."), []string{"cli.mjs"}, map[string]string{"base": base, "id": ""}).Output()
	if err != nil {
		return nil, err
	}
	if err := got.read(text); err != nil || !browser {
		return got, err
	}
	text, err = s.node(ctx, s.dir, []string{"driver.mjs", "browser", base}, nil).Output()
	if err != nil {
		return nil, err
	}
	return got, got.read(text)
}

// read reads what the suite's runner prints: true, or a kind and a text.
func (o outcomes) read(text []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return fmt.Errorf("the suite's results: %w", err)
	}
	for id, r := range raw {
		if bytes.Equal(r, []byte("true")) {
			o[id] = ""
			continue
		}
		var complaint [2]string
		if err := json.Unmarshal(r, &complaint); err != nil {
			return fmt.Errorf("the suite's result of %s: %w", id, err)
		}
		o[id] = complaint[0] + ": " + complaint[1]
	}
	return nil
}

// show runs one test and lets the suite show its exchanges.
func (s *suite) show(ctx context.Context, origin *url.URL, id string, shared bool) error {
	base, stop, err := startProxy(origin, cache.Options{Shared: shared})
	if err != nil {
		return err
	}
	defer stop()
	cmd := s.node(ctx, s.pkg("."), []string{"cli.mjs"}, map[string]string{"base": base, "id": id})
	cmd.Stdout = os.Stdout
	return cmd.Run()
}
