//go:build !unix

package connector

import (
	"syscall"
	"time"
)

// socket cannot look into a socket here: a connection that died at rest is
// found out by the request that uses it, which is then sent again where that is
// safe.
type socket struct {
	raw    syscall.RawConn
	sentAt time.Time // never set: see canFuse
	blind  bool      // without effect, as are alone and unsure
	alone  bool
	unsure bool
	step   func(fd uintptr) bool // never made: see canFuse
}

func (s *socket) init(raw syscall.RawConn) { s.raw = raw }

func (s *socket) peek() peeked { return silent }

func (s *socket) peekBeside() peeked { return silent }

func (s *socket) timeSend(bool) {}

func (s *socket) canFuse() bool { return false }

func (s *socket) begin([]byte, func() []byte) {}

func (s *socket) end(err error) (written, n int, _ error) { return 0, 0, err }
