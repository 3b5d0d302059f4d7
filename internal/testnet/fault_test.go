package testnet_test

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestFault(t *testing.T) {
	tests := []struct {
		name      string
		fault     testnet.Fault
		wantRead  string
		wantErr   error // of the client's read
		wantWrite error // of the server's second write
	}{
		{"none", testnet.Fault{}, "hello, world", io.EOF, nil},
		{"reset-at-0", testnet.Fault{Kind: testnet.Reset}, "", syscall.ECONNRESET, syscall.ECONNRESET},
		{"reset-inside", testnet.Fault{Kind: testnet.Reset, After: 3}, "hel", syscall.ECONNRESET, syscall.ECONNRESET},
		{"reset-at-the-edge", testnet.Fault{Kind: testnet.Reset, After: 7}, "hello, ", syscall.ECONNRESET, syscall.ECONNRESET},
		{"reset-in-the-second", testnet.Fault{Kind: testnet.Reset, After: 9}, "hello, wo", syscall.ECONNRESET, nil},
		{"close-inside", testnet.Fault{Kind: testnet.Close, After: 3}, "hel", io.EOF, syscall.EPIPE},
		{"stall-at-0", testnet.Fault{Kind: testnet.Stall}, "", os.ErrDeadlineExceeded, nil},
		{"stall-inside", testnet.Fault{Kind: testnet.Stall, After: 8}, "hello, w", os.ErrDeadlineExceeded, nil},
		{"corrupt-at-0", testnet.Fault{Kind: testnet.Corrupt}, "\x97ello, world", io.EOF, nil},
		{"corrupt-at-the-edge", testnet.Fault{Kind: testnet.Corrupt, After: 7}, "hello, \x88orld", io.EOF, nil},
		{"sliced", testnet.Fault{ReadBytes: 1}, "hello, world", io.EOF, nil},
	}
	for _, tt := range tests {
		for _, latency := range []time.Duration{0, time.Second} {
			t.Run(tt.name+"/"+latency.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client, server := pipe(t, testnet.Options{Latency: latency, ToClient: tt.fault})
					mustWrite(t, server, "hello, ")
					time.Sleep(time.Minute) // let the news of what happened come back
					if _, err := server.Write([]byte("world")); !errors.Is(err, tt.wantWrite) {
						t.Errorf("second write: got %v, want %v", err, tt.wantWrite)
					}
					time.Sleep(time.Minute) // the end must not come at the instant of the fault
					server.CloseWrite()
					client.SetReadDeadline(time.Now().Add(time.Hour))
					var got []byte
					var err error
					for n := 0; err == nil; {
						buf := make([]byte, 100)
						n, err = client.Read(buf)
						got = append(got, buf[:n]...)
						if limit := tt.fault.ReadBytes; limit > 0 && n > limit {
							t.Errorf("one read gave %d bytes, want at most %d", n, limit)
						}
					}
					if string(got) != tt.wantRead || !errors.Is(err, tt.wantErr) {
						t.Errorf("read %q, %v, want %q, %v", got, err, tt.wantRead, tt.wantErr)
					}
				})
			})
		}
	}
}

// What is written before the news of the end has come is lost: no byte may arrive
// behind those that were.
func TestFaultLosesAllThatFollows(t *testing.T) {
	for _, kind := range []testnet.FaultKind{testnet.Close, testnet.Reset} {
		synctest.Test(t, func(t *testing.T) {
			client, server := pipe(t, testnet.Options{Latency: time.Second, ToClient: testnet.Fault{Kind: kind, After: 9}})
			for range 3 {
				mustWrite(t, server, "hello, ")
			}
			got, err := io.ReadAll(client)
			if string(got) != "hello, he" {
				t.Errorf("kind %v: read %q, %v", kind, got, err)
			}
		})
	}
}

func TestFaultToServerLeavesTheOtherDirectionAlone(t *testing.T) {
	client, server := pipe(t, testnet.Options{ToServer: testnet.Fault{Kind: testnet.Corrupt}})
	mustWrite(t, server, "x")
	mustWrite(t, client, "x")
	for _, tt := range []struct {
		conn *testnet.Conn
		want string
	}{{client, "x"}, {server, "\x87"}} {
		got := make([]byte, 1)
		if _, err := tt.conn.Read(got); err != nil || string(got) != tt.want {
			t.Errorf("read %q, %v, want %q", got, err, tt.want)
		}
	}
}
