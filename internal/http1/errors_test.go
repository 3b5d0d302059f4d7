package http1_test

import (
	"errors"
	"io"
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

// chunkError reads a chunked body and gives the error.
func chunkError(wire string) error {
	var rd http1.Reader
	rd.Reset(whole(wire))
	defer rd.Release()
	var body http1.Body
	body.Reset(&rd, http1.Chunked, 0, generous)
	_, err := io.ReadAll(&body)
	return err
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

func TestProtocolErrorQuotesLinesWithoutTheirEnd(t *testing.T) {
	tests := map[string]struct{ wire, want string }{
		"another protocol": {"SSH-2.0-OpenSSH_9.2\r\n", `not an HTTP/1 status line: "SSH-2.0-OpenSSH_9.2"`},
		"status line":      {"HTTP/1.1 2000 OK\r\n\r\n", `invalid status line: "HTTP/1.1 2000 OK"`},
		"no colon":         {withFields("Server\r\n"), `field line without a valid name and colon: "Server"`},
		"control":          {withFields("A: b\x00\r\n"), `control octet in the value of a field: "A: b\x00"`},
		"CR before CRLF":   {withFields("A: b\r\r\n"), `control octet in the value of a field: "A: b\r"`},
		"lone LF":          {withFields("A: b\n"), `line ended by a lone LF: "A: b\n"`},
	}
	for name, test := range tests {
		if err := headError(test.wire, generous); err == nil || err.Error() != "malformed message: "+test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	for line, want := range map[string]string{
		"xyz\r\n":               `invalid chunk-size line: "xyz"`,
		"fffffffffffffffff\r\n": `chunk size too large: "fffffffffffffffff"`,
	} {
		if err := chunkError(line); err == nil || err.Error() != "malformed message: "+want {
			t.Errorf("got %v, want %s", err, want)
		}
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
