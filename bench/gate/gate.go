// Package gate holds requests back until all of them have come: what a client
// needs to be made to open one connection for each. The gate stands in the
// server; the client asks it over a second connection how many wait, so that it
// can open its connections a few at a time, and opens it.
package gate

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/bench/origin"
)

// Gate is closed at first. It is safe for concurrent use.
type Gate struct {
	waiting atomic.Int64
	mu      sync.Mutex
	opening chan struct{} // closed when those who wait now may pass
}

// New makes a gate.
func New() *Gate { return &Gate{opening: make(chan struct{})} }

// Wait returns when the gate is opened the next time.
func (g *Gate) Wait() {
	g.mu.Lock()
	opening := g.opening
	g.waiting.Add(1)
	g.mu.Unlock()
	<-opening
}

// open lets pass all who wait, and closes behind them.
func (g *Gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.opening)
	g.opening = make(chan struct{})
	g.waiting.Store(0)
}

// What a keeper asks: one octet, answered by the number of those who wait.
const (
	count = '?'
	open  = '!'
)

// Control serves keepers until l is closed.
func (g *Gate) Control(l net.Listener) error {
	return origin.Accept(l, func(conn net.Conn) { g.obey(conn) })
}

func (g *Gate) obey(conn io.ReadWriter) {
	var word [1]byte
	for {
		if _, err := io.ReadFull(conn, word[:]); err != nil {
			return
		}
		waiting := g.waiting.Load()
		if word[0] == open {
			g.open()
		}
		if err := binary.Write(conn, binary.BigEndian, waiting); err != nil {
			return
		}
	}
}

// Keeper is a client's end of a gate. It is not safe for concurrent use.
type Keeper struct{ conn net.Conn }

// Dial connects to a gate's control address.
func Dial(addr string) (*Keeper, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	return &Keeper{conn}, nil
}

// Waiting gives the number of requests that wait.
func (k *Keeper) Waiting() (int64, error) { return k.ask(count) }

// Open lets them pass, and gives their number.
func (k *Keeper) Open() (int64, error) { return k.ask(open) }

func (k *Keeper) ask(word byte) (waiting int64, err error) {
	if _, err := k.conn.Write([]byte{word}); err != nil {
		return 0, fmt.Errorf("gate: %w", err)
	}
	if err := binary.Read(k.conn, binary.BigEndian, &waiting); err != nil {
		return 0, fmt.Errorf("gate: %w", err)
	}
	return waiting, nil
}

// Close closes the connection.
func (k *Keeper) Close() error { return k.conn.Close() }
