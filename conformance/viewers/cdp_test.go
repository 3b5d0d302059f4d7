//go:build unix

package viewers_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// patience bounds what a browser takes for one step on a busy machine.
const patience = 90 * time.Second

// chromium is a browser, driven by the DevTools protocol over a pair of pipes:
// JSON messages that end with a zero.
type chromium struct {
	t       *testing.T
	out     *os.File // commands
	in      *bufio.Reader
	session string // the page that commands are for; "" for the browser
	last    int
}

// startChromium runs a browser without a window until the test has ended, and
// skips the test where there is none.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	ours, theirs, err := pipes()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en-US",
		"--user-data-dir="+t.TempDir(), "--window-size=1100,870",
		"--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = theirs[:] // descriptors 3 and 4
	run(t, cmd)
	for _, f := range theirs {
		f.Close()
	}
	t.Cleanup(func() {
		ours[0].Close()
		ours[1].Close()
	})
	if err := ours[0].SetReadDeadline(time.Now().Add(2 * patience)); err != nil {
		t.Fatal(err)
	}
	return &chromium{t: t, in: bufio.NewReader(ours[0]), out: ours[1]}
}

// pipes gives the ends of two pipes: ours to read from and to write to, and the
// browser's likewise.
func pipes() (ours, theirs [2]*os.File, err error) {
	if theirs[0], ours[1], err = os.Pipe(); err != nil {
		return
	}
	ours[0], theirs[1], err = os.Pipe()
	return
}

// run starts a program with a process group of its own, and ends the group with
// the test.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second // for children that hold its output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Path, said.Bytes()[max(0, said.Len()-4<<10):])
		}
	})
}

// message is what goes over the pipes.
type message struct {
	ID      int             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// call sends a command and gives its result; events are passed over.
func (c *chromium) call(method string, params object, result any) {
	c.t.Helper()
	c.last++
	text, err := json.Marshal(message{ID: c.last, Method: method, Session: c.session, Params: params})
	if err == nil {
		_, err = c.out.Write(append(text, 0))
	}
	for err == nil {
		var got message
		if text, err = c.in.ReadBytes(0); err != nil {
			break
		}
		if err = json.Unmarshal(text[:len(text)-1], &got); err != nil || got.ID != c.last {
			continue
		}
		if got.Error != nil {
			err = fmt.Errorf("%s", got.Error)
		} else if result != nil {
			err = json.Unmarshal(got.Result, result)
		}
		break
	}
	if err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// open opens a page, to which all further commands go.
func (c *chromium) open(url string) {
	c.t.Helper()
	var target struct{ TargetID string }
	c.call("Target.createTarget", object{"url": url}, &target)
	var session struct{ SessionID string }
	c.call("Target.attachToTarget", object{"targetId": target.TargetID, "flatten": true}, &session)
	c.session = session.SessionID
}

// evaluate gives the value of an expression, of a promise what it brings.
func (c *chromium) evaluate(expression string, value any) error {
	c.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	c.call("Runtime.evaluate", object{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		return fmt.Errorf("%s", got.ExceptionDetails)
	}
	if value == nil || got.Result.Value == nil {
		return nil
	}
	return json.Unmarshal(got.Result.Value, value)
}

type object = map[string]any
