//go:build unix

package proxies_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// programs are what the tests start, and the Debian packages that have them.
var programs = []struct{ name, pack string }{
	{"squid", "squid"}, {"tinyproxy", "tinyproxy"}, {"danted", "dante-server"}, {"microsocks", "microsocks"},
}

// wrapper is the library that gives names and users to programs.
const wrapper = "libnss_wrapper.so"

// find gives the path of a program, also where root's folders are not in PATH.
func find(name string) (string, bool) {
	for _, candidate := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path, true
		}
	}
	return "", false
}

// wrapped reports whether the library can be loaded.
func wrapped() bool {
	cmd := exec.Command("true")
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+wrapper)
	text, err := cmd.CombinedOutput()
	return err == nil && len(text) == 0
}

// install installs what is missing, where it was asked to.
func install() error {
	if os.Getenv("CI") != "true" && os.Getenv("TEST_INSTALL") == "" {
		return nil
	}
	var missing []string
	for _, p := range programs {
		if _, ok := find(p.name); !ok {
			missing = append(missing, p.pack)
		}
	}
	if !wrapped() {
		missing = append(missing, "libnss-wrapper")
	}
	if len(missing) == 0 {
		return nil
	}
	// Nothing is to be started: the tests start their own.
	script := "apt-get update -qq && apt-get install -y -qq --no-install-recommends " + strings.Join(missing, " ")
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("installing %s: %w\n%s", strings.Join(missing, ", "), err, text)
	}
	return nil
}
