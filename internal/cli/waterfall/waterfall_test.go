package waterfall_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/waterfall"
)

func TestWriteLeavesOutWhatDidNotHappen(t *testing.T) {
	var out strings.Builder
	waterfall.Write(tty.Plain(&out), connector.Timings{
		Wait: 30 * time.Millisecond, Receive: 10 * time.Millisecond,
		Reused: true, Addr: "192.0.2.1:443",
	})
	want := `
  wait     #############################################                  30 ms
  receive                                              ###############    10 ms
  total    from 192.0.2.1:443 on a connection that was open               40 ms
`
	if diff := cmp.Diff(want, "\n"+out.String()); diff != "" {
		t.Errorf("waterfall (-want +got):\n%s", diff)
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > 81 {
			t.Errorf("line of %d columns: %q", len(line), line)
		}
	}
}

func TestWriteOfNothing(t *testing.T) {
	var out strings.Builder
	waterfall.Write(tty.Plain(&out), connector.Timings{})
	if got := strings.Join(strings.Fields(out.String()), " "); got != "total 0 ms" {
		t.Errorf("got %q", got)
	}
}

func ExampleWrite() {
	waterfall.Write(tty.Plain(os.Stdout), connector.Timings{
		DNS: 5 * time.Millisecond, Connect: 20 * time.Millisecond, TLS: 30 * time.Millisecond,
		Send: 100 * time.Microsecond, Wait: 60 * time.Millisecond, Receive: 12 * time.Millisecond,
		Addr: "192.0.2.1:443",
	})
	// Output:
	//   dns      ###                                                             5 ms
	//   connect    ##########                                                   20 ms
	//   tls                 ###############                                     30 ms
	//   send                              #                                   0.10 ms
	//   wait                              #############################         60 ms
	//   receive                                                       ######    12 ms
	//   total    from 192.0.2.1:443                                            127 ms
}
