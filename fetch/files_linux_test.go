package fetch_test

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
)

// loopback resolves every name to this machine.
type loopback struct{}

func (loopback) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}

// A process runs into its limit of open files, since that was lowered when the job knew
// another one. Many hosts leave many connections at rest. Nothing fails.
func TestJobGoesOnWhenThereAreNoMoreFiles(t *testing.T) {
	if url := os.Getenv("TEST_FETCH_FEW_FILES"); url != "" {
		fetchWithFewFiles(t, url)
		return
	}
	s := newSite(t, echo)
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	child := exec.Command(os.Args[0], "-test.run=^TestJobGoesOnWhenThereAreNoMoreFiles$")
	child.Env = append(os.Environ(), "TEST_FETCH_FEW_FILES=http://h{1..50}.test:"+port+"/{1..40}")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fetchWithFewFiles is what the process does.
func fetchWithFewFiles(t *testing.T, url string) {
	const most, concurrency = 40, 60
	c := connector.New(connector.Options{MaxConns: 500, Resolver: loopback{}})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	defer session.Close()
	j, err := fetch.New(fetch.Options{Session: session, Dir: t.TempDir(), Concurrency: concurrency, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	lower := syscall.Rlimit{Cur: most, Max: limit.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lower); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	sum, err := j.Run(t.Context(), fetch.Args(url))
	if err != nil || sum.Fetched != 2000 || sum.Concurrency >= concurrency {
		t.Errorf("got %v, %d at once, %v", &sum, sum.Concurrency, err)
	}
}
