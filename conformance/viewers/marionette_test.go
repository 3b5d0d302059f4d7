//go:build unix

package viewers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// firefox is a browser, driven over Marionette: a TCP connection with JSON
// messages, each behind its length and a colon.
type firefox struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	last int
}

// profile lets Marionette take any port, and keeps Firefox from going online.
const profile = `
user_pref("marionette.port", 0);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("devtools.chrome.enabled", true);
user_pref("devtools.netmonitor.visibleColumns", '["status","method","domain","file","protocol","remoteip","type","cookies","setCookies","transferred","contentSize","duration","waterfall"]');
user_pref("intl.locale.requested", "en-US");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
`

// startFirefox runs a browser without a window until the test has ended, and
// skips the test where there is none.
func startFirefox(t *testing.T) *firefox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		t.Skip("firefox-esr is not installed")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "MOZ_CRASHREPORTER_DISABLE=1")
	run(t, cmd)
	f := &firefox{t: t}
	f.connect(filepath.Join(dir, "MarionetteActivePort"))
	f.call("WebDriver:NewSession", object{}, nil)
	f.call("Marionette:SetContext", object{"value": "chrome"}, nil)
	f.call("WebDriver:SetTimeouts", object{"script": patience.Milliseconds()}, nil)
	return f
}

// connect waits for the port to be written, and takes what the browser says first.
func (f *firefox) connect(file string) {
	f.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(file)
		port, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		if port > 0 {
			f.conn, err = net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		}
		if f.conn != nil {
			break
		}
		if time.Now().After(end) {
			f.t.Fatalf("firefox does not say where it listens: %v", err)
		}
	}
	f.t.Cleanup(func() { f.conn.Close() })
	f.conn.SetDeadline(time.Now().Add(2 * patience))
	f.in = bufio.NewReader(f.conn)
	if _, err := f.receive(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *firefox) receive() ([]byte, error) {
	head, err := f.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
	if err != nil {
		return nil, err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(f.in, text)
	return text, err
}

// call sends a command and gives its result.
func (f *firefox) call(method string, params object, result any) {
	f.t.Helper()
	f.last++
	text, err := json.Marshal([]any{0, f.last, method, params})
	if err == nil {
		_, err = fmt.Fprintf(f.conn, "%d:%s", len(text), text)
	}
	if err == nil {
		text, err = f.receive()
	}
	var got [4]json.RawMessage // kind, number, error, result
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err == nil && string(got[2]) != "null" {
		err = fmt.Errorf("%s", got[2])
	}
	if err == nil && result != nil {
		err = json.Unmarshal(got[3], result)
	}
	if err != nil {
		f.t.Fatalf("%s: %v", method, err)
	}
}

// evaluate runs the body of an asynchronous function and gives what it returns.
func (f *firefox) evaluate(script string, value any, args ...any) {
	f.t.Helper()
	got := struct{ Value any }{value}
	f.call("WebDriver:ExecuteScript", object{"script": "return (async args => {" + script + "})(arguments)", "args": append([]any{}, args...), "sandbox": "system"}, &got)
}
