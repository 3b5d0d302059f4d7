package hosts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/hosts"
)

// TestEveryClientCrawls is a smoke test: it says nothing of speed.
func TestEveryClientCrawls(t *testing.T) {
	const count = 300 // more than one third octet holds
	o, err := hosts.Listen(count)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- o.Serve(time.Millisecond) }()
	for _, c := range hosts.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			s, err := hosts.Measure(c, hosts.Load{Port: o.Port, Hosts: count, Requests: 700, InFlight: 50}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if s.Requests != 700 || s.InFlight != 50 || s.Sockets < count || s.Peak == 0 || s.Heap == 0 || s.Stacks == 0 {
				t.Errorf("got %+v", s)
			}
		})
	}
	o.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	for _, c := range hosts.Clients() {
		if _, err := hosts.Measure(c, hosts.Load{Port: o.Port, Hosts: 1, Requests: 2, InFlight: 1}, nil); err == nil || !strings.HasPrefix(err.Error(), c.Name+": ") {
			t.Errorf("%s: got %v of a server that is gone", c.Name, err)
		}
	}
}

func TestSelectRefusesUnknownNames(t *testing.T) {
	if got, err := hosts.Select("session,nobody"); err == nil {
		t.Errorf("got %v", got)
	}
	if got, err := hosts.Select("fasthttp,session"); err != nil || len(got) != 2 || got[0].Name != "fasthttp" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTableDividesByWhatIsInFlight(t *testing.T) {
	const want = `### 1000 requests

| client | requests/s | CPU us/request | peak RSS MiB | heap B a request in flight | stacks B | connections | CPU: net/http / this | CPU: fasthttp / this | noisy |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
| ours (session) | 500 | **30.0** [30.0-30.0] | **2** [2-2] | 1000 | 200 | 12 | 2.00 | - | 0 |
| std (net/http) | 500 | **60.0** [60.0-60.0] | **2** [2-2] | 1000 | 200 | 12 | 1.00 | - | 0 |

locks
`
	if got := hosts.Made().Table(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
