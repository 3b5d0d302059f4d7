package hosts

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/origin"
)

// address gives the i-th host's.
func address(i int) string { return fmt.Sprintf("127.1.%d.%d", i/250, i%250+1) }

// Most is the largest number of hosts.
const Most = 250 * 256

// Origin is a server with many addresses.
type Origin struct {
	Port      int
	listeners []net.Listener
}

// Listen opens n addresses with one port.
func Listen(n int) (*Origin, error) {
	for {
		o, err := listen(n)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return o, err
		}
		// The port that the system gave for the first is taken at another.
	}
}

func listen(n int) (*Origin, error) {
	o := &Origin{}
	for i := range n {
		l, err := net.Listen("tcp", net.JoinHostPort(address(i), strconv.Itoa(o.Port)))
		if err != nil {
			o.Close()
			return nil, err
		}
		o.Port = l.Addr().(*net.TCPAddr).Port
		o.listeners = append(o.listeners, l)
	}
	return o, nil
}

// Serve answers every request so long after it came, until o is closed.
func (o *Origin) Serve(delay time.Duration) error {
	ended := make(chan error)
	for _, l := range o.listeners {
		go func() { ended <- origin.ServeAfter(l, func() { time.Sleep(delay) }) }()
	}
	var first error
	for range o.listeners {
		if err := <-ended; first == nil {
			first = err
		}
	}
	return first
}

// Close closes all addresses.
func (o *Origin) Close() {
	for _, l := range o.listeners {
		l.Close()
	}
}
