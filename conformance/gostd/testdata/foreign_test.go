// This file is shown to the go command as one of net/http's tests: it puts our
// connector in the place of every Transport's engine.

package http_test

import (
	"net"
	"net/http"
	"os"
	"time"

	"net/http/internal/aiohttp/conformance/gostd/adapter"
)

func init() { http.Foreign = adapter.New() }

// Some connections of net/http's tests have no other methods than Read, Write
// and Close: what else a net.Conn must have they get here.

func (funcConn) LocalAddr() net.Addr              { return dummyAddr("local") }
func (funcConn) RemoteAddr() net.Addr             { return dummyAddr("remote") }
func (funcConn) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (funcConn) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (funcConn) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

func (*logWritesConn) LocalAddr() net.Addr              { return dummyAddr("local") }
func (*logWritesConn) RemoteAddr() net.Addr             { return dummyAddr("remote") }
func (*logWritesConn) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (*logWritesConn) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (*logWritesConn) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }
