package httpbin_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func start(t *testing.T, opts ...httpbin.Options) *httpbin.Server {
	t.Helper()
	srv, err := httpbin.Start(t.Context(), "127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

func TestServerAnswersOverTheNetwork(t *testing.T) {
	srv := start(t)
	resp, err := http.Get(srv.URL() + "/redirect/2")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := srv.URL() + "/get"; !strings.Contains(string(body), want) {
		t.Errorf("body has no %q:\n%s", want, body)
	}
}

func TestServerAnswersHead(t *testing.T) {
	srv := start(t)
	for _, path := range []string{"/", "/get", "/cache", "/early-hints", "/brotli", "/zstd", "/bomb/1", "/truncate/10", "/range/10", "/encoding/gbk"} {
		resp, err := http.Head(srv.URL() + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status = %d", path, resp.StatusCode)
		}
	}
}

func TestServerTruncates(t *testing.T) {
	srv := start(t)
	resp, err := http.Get(srv.URL() + "/truncate/10000")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("err = %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if resp.ContentLength != 10000 || len(body) != 5000 {
		t.Errorf("promised %d and sent %d bytes, want 10000 and 5000", resp.ContentLength, len(body))
	}
}

func TestServerBombGrows(t *testing.T) {
	rec := serve(httpbin.New(), "GET", "/bomb/2", "")
	if sent := rec.Body.Len(); sent > 4096 {
		t.Errorf("sent %d bytes, want at most 4096", sent)
	}
	zr, err := gzip.NewReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, zr)
	if n != 2<<20 || err != nil {
		t.Errorf("decompressed to %d bytes, %v; want %d", n, err, 2<<20)
	}
}

func TestServerSendsEarlyHints(t *testing.T) {
	srv := start(t)
	var hints []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, " ", header.Get("Link")))
			return nil
		},
	})
	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL()+"/early-hints", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || len(hints) != 1 || !strings.HasPrefix(hints[0], "103 </image") {
		t.Errorf("status %d after %q", resp.StatusCode, hints)
	}
}

func TestServerEncodesCharsets(t *testing.T) {
	h := httpbin.New()
	rec := serve(h, "GET", "/encoding/ISO-8859-1", "")
	if got, want := rec.Header().Get("Content-Type"), "text/plain; charset=iso-8859-1"; got != want {
		t.Errorf("Content-Type = %q, want %q", got, want)
	}
	var text strings.Builder
	for _, b := range rec.Body.Bytes() {
		text.WriteRune(rune(b)) // Latin-1 is Unicode's first page
	}
	if want := "Grüße aus Köln, déjà vu, señor, smørrebrød.\n"; text.String() != want {
		t.Errorf("text = %q, want %q", text.String(), want)
	}
	for _, charset := range []string{"big5", "euc-jp", "euc-kr", "gbk", "iso-8859-2", "koi8-r", "shift_jis", "windows-1251", "windows-1252"} {
		rec := serve(h, "GET", "/encoding/"+charset, "")
		if rec.Code != 200 || utf8.Valid(rec.Body.Bytes()) {
			t.Errorf("%s: status %d, body %q", charset, rec.Code, rec.Body)
		}
	}
	if rec := serve(h, "GET", "/encoding/klingon", ""); rec.Code != 404 {
		t.Errorf("unknown charset: status = %d, want 404", rec.Code)
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := httpbin.Start(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := srv.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", srv.Addr().String()); err == nil {
		t.Error("still listening")
	}
	for range 2 {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestServerShutdownWaitsForAnswers(t *testing.T) {
	srv := start(t)
	resp, err := http.Get(srv.URL() + "/drip?delay=0s&duration=60ms&numbytes=3")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if body, err := io.ReadAll(resp.Body); string(body) != "***" || err != nil {
		t.Errorf("body %q, %v; want all of it", body, err)
	}
}

// Close may not wait for a handler that has hours to go, nor leave a WebSocket.
func TestServerCloseCutsEverything(t *testing.T) {
	srv := start(t, httpbin.Options{MaxDelay: time.Hour})

	conn, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /websocket/echo HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	upgraded, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || upgraded.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %v, %v", upgraded, err)
	}
	resp, err := http.Get(srv.URL() + "/drip?delay=0s&duration=59m&numbytes=2")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()

	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the slow answer came to its end")
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the WebSocket is still open")
	}
}

func TestServerNamesTheAddressItCannotListenAt(t *testing.T) {
	srv := start(t)
	second, err := httpbin.Start(t.Context(), srv.Addr().String())
	if err == nil {
		second.Close()
		t.Fatal("two servers at one address")
	}
	if !strings.Contains(err.Error(), srv.Addr().String()) {
		t.Errorf("error %q does not name %s", err, srv.Addr())
	}
}

func TestServerNamesLoopbackForAllAddresses(t *testing.T) {
	srv, err := httpbin.Start(t.Context(), "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if !strings.HasPrefix(srv.URL(), "http://localhost:") {
		t.Errorf("URL = %s", srv.URL())
	}
}
