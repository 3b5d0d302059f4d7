package http1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// headError reads a head and gives the error.
func headError(wire string, lim *http1.Limits) error {
	var rd http1.Reader
	rd.Reset(whole(wire))
	defer rd.Release()
	return rd.ReadResponseHead(new(http1.ResponseHead), lim)
}

func TestProtocolErrorQuotesWhatWasReceived(t *testing.T) {
	err := headError("HTTP/1.1 200 \x1b[2J\r\n\r\n", generous)
	const want = `malformed message: invalid status line: "HTTP/1.1 200 \x1b[2J"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = headError("<html>"+strings.Repeat("x", 1000), generous)
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("got %v", err)
	}
	err = headError(withFields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), generous)
	if err == nil || err.Error() != "malformed message: both Transfer-Encoding and Content-Length" {
		t.Errorf("got %v", err)
	}
}

func TestLimitErrorIsErrLimit(t *testing.T) {
	err := headError(withFields("A: b\r\nC: d\r\n"), &http1.Limits{LineBytes: 100, HeadBytes: 100, Fields: 1})
	if !errors.Is(err, http1.ErrLimit) || err.Error() != "message exceeds a limit: more than 1 field lines" {
		t.Errorf("got %v", err)
	}
	if errors.Is(headError("x", generous), http1.ErrLimit) {
		t.Error("a malformed message is ErrLimit")
	}
}
