package versus

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

//go:embed aiohttp_client.py
var pythonClient string

// python is an interpreter that has aiohttp.
type python struct{ path, version string }

const pythonVersions = `
import platform, aiohttp
try:
    import uvloop
    loop = ", uvloop " + uvloop.__version__
except ImportError:
    loop = ""
print("Python " + platform.python_version() + ", aiohttp " + aiohttp.__version__ + loop)
`

// findPython looks for aiohttp in the system's Python, where packages of a
// distribution put it, and then in the one of PATH.
func findPython(ctx context.Context) (python, error) {
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		out, err := exec.CommandContext(ctx, path, "-c", pythonVersions).Output()
		if err == nil {
			return python{path, strings.TrimSpace(string(out))}, nil
		}
	}
	return python{}, errors.New("no python3 with aiohttp is installed (leave out -python)")
}

func (p python) contestant(addr string, s setting, o measure.Options) rounds.Contestant {
	command := func(ctx context.Context) *exec.Cmd {
		seconds := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
		cmd := exec.CommandContext(ctx, p.path, "-", addr, strconv.FormatBool(s.secure),
			strconv.Itoa(s.conns), seconds(o.Warm.Seconds()), seconds(o.For.Seconds()))
		cmd.Stdin = strings.NewReader(pythonClient)
		return cmd
	}
	return rounds.Contestant{Name: "python", What: fmt.Sprintf("aiohttp for Python (%s)", p.version), Command: command}
}
