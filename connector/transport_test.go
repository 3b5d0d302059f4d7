package connector_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// secureServer is an HTTPS server on the loopback, and a policy that trusts it.
func secureServer(t *testing.T, h http.Handler, config *tls.Config) (url string, ca *localca.CA) {
	t.Helper()
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("127.0.0.1", "localhost")
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(h)
	config.Certificates = []tls.Certificate{cert}
	srv.TLS = config
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL, ca
}

func policy(t *testing.T, o trust.Options) *trust.Policy {
	t.Helper()
	p, err := trust.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPoliciesNeverShareConnections is the row of CVE-2026-54275: a connection
// made under one TLS setting was used under another.
func TestPoliciesNeverShareConnections(t *testing.T) {
	var names []string
	var peers []string
	config := &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		names = append(names, h.ServerName)
		return nil, nil
	}}
	url, ca := secureServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { peers = append(peers, r.RemoteAddr) }), config)
	c := connector.New()
	defer c.Close()
	same := trust.Options{CAs: ca.Pool()}
	strict, twin := policy(t, same), policy(t, same)
	sni := policy(t, trust.Options{CAs: ca.Pool(), ServerName: "localhost"})
	lax := policy(t, trust.Options{InsecureSkipVerify: true})
	addr := strings.TrimPrefix(url, "https://")
	call := func(p *trust.Policy) error {
		var reply connector.Reply
		defer reply.Close()
		return c.Do(context.Background(), &connector.Call{
			Method: "GET", TLS: true, Host: addr, Policy: p, Head: []byte("GET / HTTP/1.1\r\nHost: a\r\n"),
		}, &reply)
	}
	for range 2 {
		for _, p := range []*trust.Policy{lax, strict, twin, sni} {
			if err := call(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := c.Stats(); got.Open != 4 || got.Idle != 4 || got.Hosts != 4 {
		t.Errorf("pool: %+v", got)
	}
	if !slices.Equal(peers[:4], peers[4:]) {
		t.Errorf("connections: %v", peers)
	}
	diff(t, names, []string{"", "", "", "localhost"})
	// One that is not believed is never served by a connection of another's.
	var failed *trust.CertificateError
	err := call(policy(t, trust.Options{Roots: trust.RootsEmbedded}))
	if e := wantError(t, err, connector.PhaseTLS); !errors.As(e, &failed) || e.Sent {
		t.Errorf("got %v", err)
	}
}

func TestRefusedClientCertificateIsExplained(t *testing.T) {
	// With TLS 1.3 the refusal comes after the handshake, with the first read.
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		url, ca := secureServer(t, http.NotFoundHandler(), &tls.Config{
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: x509.NewCertPool(), MinVersion: version, MaxVersion: version,
		})
		c := connector.New(connector.Options{TLS: policy(t, trust.Options{CAs: ca.Pool()})})
		for range 10 { // whether the alert comes before or after our request is chance
			_, err := c.RoundTrip(request(t, "GET", url, nil))
			var failed *trust.HandshakeError
			if !errors.As(err, &failed) || failed.Problem != trust.CertificateRequired {
				t.Errorf("%s: got %v", tls.VersionName(version), err)
			}
		}
		if got := c.Stats(); got != (connector.Stats{}) {
			t.Errorf("pool: %+v", got)
		}
		c.Close()
	}
}

func TestSecureConnectionsAreReused(t *testing.T) {
	// The first request races with the server's session tickets.
	url, ca := secureServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }), &tls.Config{})
	p := policy(t, trust.Options{CAs: ca.Pool()})
	for range 20 {
		c := connector.New(connector.Options{TLS: p})
		for _, n := range []int{0, 10, 1 << 20, 0, 10} {
			body := strings.Repeat("x", n)
			a := exchange(c, request(t, "POST", url, strings.NewReader(body)))
			want(t, a, 200, body)
			if a.resp.TLS == nil || a.resp.TLS.NegotiatedProtocol != "http/1.1" {
				t.Errorf("got %+v", a.resp.TLS)
			}
		}
		if got := c.Stats(); got.Open != 1 || got.Idle != 1 {
			t.Errorf("pool: %+v", got)
		}
		c.Close()
	}
}

func TestUnaskedAnswerUnderTLSIsNeverTaken(t *testing.T) {
	ca, _ := localca.New("test")
	cert, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	ln := listenTCP(t)
	c := connector.New(connector.Options{TLS: policy(t, trust.Options{CAs: ca.Pool()})})
	defer c.Close()
	url := "https://" + ln.Addr().String() + "/"
	for range 3 {
		out := make(chan answer, 1)
		go func() { out <- exchange(c, request(t, "POST", url, strings.NewReader("x"))) }()
		raw, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		s := testnet.Peer(t, tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{cert}}))
		s.WantHead()
		s.WantRead("x")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })}
	go srv.Serve(ln)
	defer srv.Close()
	c := connector.New(connector.Options{UnixSocket: path})
	defer c.Close()
	for range 3 {
		want(t, exchange(c, request(t, "GET", "http://docker/info", nil)), 200, "docker")
	}
	if got := c.Stats(); got.Open != 1 {
		t.Errorf("pool: %+v", got)
	}
	gone := connector.New(connector.Options{UnixSocket: path + "2"})
	defer gone.Close()
	wantError(t, exchange(gone, request(t, "GET", "http://docker/info", nil)).err, connector.PhaseConnect)
}

func TestLocalAddr(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RemoteAddr) }))
	defer srv.Close()
	c := connector.New(connector.Options{LocalAddr: netip.MustParseAddr("127.0.0.5")})
	defer c.Close()
	a := exchange(c, request(t, "GET", srv.URL, nil))
	if a.err != nil {
		t.Skip("this system has one loopback address only: ", a.err)
	}
	if !strings.HasPrefix(a.body, "127.0.0.5:") {
		t.Errorf("came from %s", a.body)
	}
	wantError(t, exchange(c, request(t, "GET", "http://[::1]:1/", nil)).err, connector.PhaseConnect)
}

func TestHandlerAnswersInProcess(t *testing.T) {
	// aio-libs/aiohttp#12815: tests need answers without a server.
	started := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.HandleFunc("/host", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		started <- struct{}{}
		<-r.Context().Done()
		time.Sleep(time.Second)
	})
	inBubble(t, connector.Options{Handler: mux}, func(e *env) {
		big := strings.Repeat("x", 1<<20)
		want(t, <-e.send(request(t, "POST", "http://example.com/echo", strings.NewReader(big))), 200, big)
		for _, scheme := range []string{"http", "https"} { // the latter without TLS
			want(t, <-e.send(request(t, "GET", scheme+"://api.example.com/host", nil)), 200, "api.example.com")
		}
		out := e.send(request(t, "GET", "http://example.com/hang", nil))
		<-started
		start := time.Now()
		e.c.Close() // waits for the handler
		if d := time.Since(start); d != time.Second {
			t.Errorf("Close took %v", d)
		}
		if a := <-out; !errors.Is(a.err, connector.ErrClosed) {
			t.Errorf("got %v", a.err)
		}
	})
}

func TestFilesGoStraightToAndFromSockets(t *testing.T) {
	// fasthttp#1348: a whole body is held in memory.
	const size = 9<<20 + 7
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.Write(data)
	}))
	defer srv.Close()
	c := connector.New()
	defer c.Close()
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i * i >> 5)
	}
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	req := request(t, "POST", srv.URL, source)
	req.ContentLength = size
	resp, err := c.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	target, err := os.Create(path + "2")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if n, err := io.Copy(target, resp.Body); n != size || err != nil {
		t.Errorf("copied %d, %v", n, err)
	}
	resp.Body.Close()
	got, _ := os.ReadFile(path + "2")
	if sha256.Sum256(got) != sha256.Sum256(data) {
		t.Error("other bytes came back")
	}
	if s := c.Stats(); s.Idle != 1 {
		t.Errorf("pool: %+v", s)
	}

	// A file shorter than was said is the file's fault, not the peer's.
	source, _ = os.Open(path)
	req = request(t, "POST", srv.URL, source)
	req.ContentLength = size + 1
	_, err = c.RoundTrip(req)
	if e := wantError(t, err, connector.PhaseWrite); !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}

}

// countingConn counts the files that were handed to it as such.
type countingConn struct {
	*net.TCPConn
	files *int
}

func (c countingConn) ReadFrom(r io.Reader) (int64, error) {
	*c.files++
	return c.TCPConn.ReadFrom(r)
}

func TestFileIsHandedToTheConnectionAsSuch(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	defer srv.Close()
	files := 0
	c := connector.New(connector.Options{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return countingConn{conn.(*net.TCPConn), &files}, nil
	}})
	defer c.Close()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		body   func(f *os.File) io.Reader
		length int64
		files  int
	}{
		{"file", func(f *os.File) io.Reader { return f }, 7, 1},
		{"nop-closer", func(f *os.File) io.Reader { return io.NopCloser(f) }, 7, 1},
		{"nop-closer-of-nop-closer", func(f *os.File) io.Reader { return io.NopCloser(io.NopCloser(f)) }, 7, 0},
		{"nop-closer-of-reader", func(f *os.File) io.Reader { return io.NopCloser(unread(f)) }, 7, 0},
		{"unknown-length", func(f *os.File) io.Reader { return f }, -1, 0},
		{"other", func(f *os.File) io.Reader { return unread(f) }, 7, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			files = 0
			req := request(t, "PUT", srv.URL, tt.body(f))
			req.ContentLength = tt.length
			want(t, exchange(c, req), 200, "content")
			if files != tt.files {
				t.Errorf("got %d files, want %d", files, tt.files)
			}
			if strings.HasPrefix(tt.name, "nop-closer") {
				if _, err := f.Seek(0, io.SeekStart); err != nil {
					t.Error("the file was closed")
				}
			}
		})
	}
}

func TestTargetThatCannotBeWrittenIsNotThePeersFault(t *testing.T) {
	begin := make(chan struct{}, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		w.(http.Flusher).Flush()
		<-begin // so that nothing of the body comes with the head
		w.Write(make([]byte, 1000000))
	}))
	defer srv.Close()
	c := connector.New()
	defer c.Close()
	resp, err := c.RoundTrip(request(t, "GET", srv.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	begin <- struct{}{}
	var ours *connector.Error
	if _, err := io.Copy(readOnly, resp.Body); err == nil || errors.As(err, &ours) {
		t.Errorf("got %v", err)
	}
	if _, err := resp.Body.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("the rest, of which a part is lost: %v", err)
	}
}

func TestGzipIsUndone(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			io.WriteString(w, "plain")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, "zipped")
		z.Close()
	})
	inBubble(t, connector.Options{Handler: mux}, func(e *env) {
		a := <-e.get()
		want(t, a, 200, "zipped")
		if !a.resp.Uncompressed || a.resp.ContentLength != -1 || a.resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("got %+v", a.resp)
		}
		req := request(t, "GET", "http://example.com/", nil)
		req.Header.Set("Accept-Encoding", "identity")
		want(t, <-e.send(req), 200, "plain")
	})
}

func TestClientOfNetHTTP(t *testing.T) {
	// fasthttp-net-http: what was written for net/http goes on working.
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "user", Value: "me", Path: "/"})
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	})
	mux.HandleFunc("/again", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.HandleFunc("/home", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("user")
		fmt.Fprint(w, r.Method, cookie, err)
	})
	inBubble(t, connector.Options{Handler: mux}, func(*env) {})
	c := connector.New(connector.Options{Handler: mux})
	defer c.Close()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Transport: c, Jar: jar}
	for _, tt := range []struct{ path, want string }{
		{"/login", "GETuser=me <nil>"}, {"/again", "body"},
	} {
		resp, err := client.Post("http://example.com"+tt.path, "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != tt.want || err != nil {
			t.Errorf("%s: got %q, %v", tt.path, body, err)
		}
	}
	client.CloseIdleConnections()
	if got := c.Stats(); got.Open != 0 {
		t.Errorf("pool: %+v", got)
	}
}

// events records the hooks of httptrace.
type events struct {
	mu   sync.Mutex
	list []string
}

func (v *events) add(s string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = append(v.list, s)
}

func (v *events) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := v.list
	v.list = nil
	return list
}

func (v *events) context() context.Context {
	return httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GetConn:              func(addr string) { v.add("get " + addr) },
		GotConn:              func(i httptrace.GotConnInfo) { v.add(fmt.Sprint("got reused=", i.Reused)) },
		PutIdleConn:          func(err error) { v.add(fmt.Sprint("put ", err)) },
		GotFirstResponseByte: func() { v.add("first-byte") },
		Got100Continue:       func() { v.add("100") },
		Got1xxResponse:       func(code int, _ textproto.MIMEHeader) error { v.add(fmt.Sprint("1xx ", code)); return nil },
		DNSStart:             func(i httptrace.DNSStartInfo) { v.add("dns " + i.Host) },
		DNSDone:              func(i httptrace.DNSDoneInfo) { v.add(fmt.Sprint("dns-done ", i.Addrs, i.Err)) },
		ConnectStart:         func(network, _ string) { v.add("connect " + network) },
		ConnectDone:          func(_, _ string, err error) { v.add(fmt.Sprint("connect-done ", err)) },
		TLSHandshakeStart:    func() { v.add("tls") },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { v.add(fmt.Sprint("tls-done ", err)) },
		WroteHeaders:         func() { v.add("wrote-head") },
		Wait100Continue:      func() { v.add("wait") },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { v.add(fmt.Sprint("wrote ", i.Err)) },
	})
}

func TestTraceHooksComeInOrderAndBeforeTheReturn(t *testing.T) {
	// golang/go#16957, #34282: hooks called after the return race with who set them.
	url, ca := secureServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }), &tls.Config{})
	c := connector.New(connector.Options{TLS: policy(t, trust.Options{CAs: ca.Pool()}), Resolver: new(net.Resolver)})
	defer c.Close()
	url = strings.Replace(url, "127.0.0.1", "localhost", 1)
	addr := strings.TrimPrefix(url, "https://")
	var v events
	resp, err := c.RoundTrip(request(t, "GET", url, nil).WithContext(v.context()))
	if err != nil {
		t.Fatal(err)
	}
	got := v.take()
	resp.Body.Close()
	wanted := []string{
		"get " + addr, "dns localhost", "dns-done", "connect tcp", "connect-done <nil>", "tls", "tls-done <nil>",
		"got reused=false", "wrote-head", "wrote <nil>", "first-byte", "put <nil>",
	}
	for i, event := range got {
		if strings.HasPrefix(event, "dns-done") {
			got[i] = "dns-done"
		}
	}
	// A host of two addresses may be connected to twice.
	got = slices.CompactFunc(got, func(a, b string) bool { return a == b })
	got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "connect-done dial") })
	diff(t, got, wanted)

	req := request(t, "PUT", url, strings.NewReader("hello")).WithContext(v.context())
	req.Header.Set("Expect", "100-continue")
	if resp, err = c.RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	got = v.take()
	resp.Body.Close()
	wanted = []string{"get " + addr, "got reused=true", "wrote-head", "wait", "first-byte", "100", "1xx 100", "wrote <nil>", "put <nil>"}
	if len(got) == len(wanted)-1 { // on a busy machine the answer may overtake the news
		wanted = slices.Delete(wanted, 7, 8)
	}
	diff(t, got, wanted)
	synctestWait(t, c)
	if late := v.take(); len(late) > 0 {
		t.Errorf("after the return: %v", late)
	}
}

// TestTraceTellsOfTheBodyBeforeTheAnswer has a server that answers only when
// the client knows that it has sent all.
func TestTraceTellsOfTheBodyBeforeTheAnswer(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		wrote := make(chan httptrace.WroteRequestInfo, 1)
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			WroteRequest: func(i httptrace.WroteRequestInfo) { wrote <- i },
		})
		out := e.send(request(t, "POST", "http://example.com/", unread(strings.NewReader("hello"))).WithContext(ctx))
		s := e.accept()
		s.WantHead()
		s.WantRead("5\r\nhello\r\n0\r\n\r\n")
		if got := <-wrote; got.Err != nil {
			t.Error(got.Err)
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestTraceTellsOfEachField(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		got := map[string][]string{}
		req := request(t, "POST", "http://example.com/", strings.NewReader("a: b\r\n\r\n"))
		req.Header = http.Header{"X-Two": {"bar", "baz"}, "Empty": {""}, "User-Agent": {"me"}}
		req.Close = true
		out := e.send(req.WithContext(httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			WroteHeaderField: func(name string, values []string) { got[name] = values },
		})))
		s := e.accept()
		s.WantHead()
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		diff(t, got, map[string][]string{
			"Host": {"example.com"}, "X-Two": {"bar", "baz"}, "Empty": {""}, "User-Agent": {"me"},
			"Accept-Encoding": {"gzip"}, "Content-Length": {"8"}, "Connection": {"close"},
		})
	})
}

// TestTraceTellsThatTheConnectionRests holds httptrace's promise that
// PutIdleConn is called before Close of the body returns, and not at all for a
// connection that is closed.
func TestTraceTellsThatTheConnectionRests(t *testing.T) {
	for response, wanted := range map[string]int{
		"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n":                      1,
		"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\nConnection: close\r\n\r\n": 0,
	} {
		inBubble(t, connector.Options{}, func(e *env) {
			rested := 0
			ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
				PutIdleConn: func(err error) {
					if rested++; err != nil || e.c.Stats().Idle != 1 {
						t.Errorf("got %v, pool %+v", err, e.c.Stats())
					}
				},
			})
			out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
			s := e.accept()
			s.WantHead()
			s.Write(response)
			s.Write(strings.Repeat("x", 20000))
			want(t, <-out, 200, strings.Repeat("x", 20000))
			if rested != wanted {
				t.Errorf("%q: told %d times", response, rested)
			}
		})
	}
}

// deafConn says that it sets deadlines and does not, as many net.Conns do that
// are no sockets.
type deafConn struct{ net.Conn }

func (deafConn) SetDeadline(time.Time) error      { return nil }
func (deafConn) SetReadDeadline(time.Time) error  { return nil }
func (deafConn) SetWriteDeadline(time.Time) error { return nil }

func TestConnThatIgnoresDeadlinesHoldsUpNobody(t *testing.T) {
	network := testnet.New()
	dial := func(ctx context.Context, n, addr string) (net.Conn, error) {
		conn, err := network.DialContext(ctx, n, addr)
		return deafConn{conn}, err
	}
	inBubble(t, connector.Options{DialContext: dial}, func(e *env) {
		e.ln.Close()
		e.net = network
		e.ln = e.listen("example.com:80")
		first := e.warm()
		out := e.get()
		s := e.accept() // not the first one again: it cannot be looked into
		first.WantEOF()
		serve(s)
		want(t, <-out, 200, "hello")
	})
	inBubble(t, connector.Options{DialContext: dial}, func(e *env) {
		e.ln.Close()
		e.net = network
		e.ln = e.listen("example.com:80")
		ctx, cancel := cancelable()
		out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		s := e.accept()
		s.WantHead()
		cancel()
		if a := <-out; !errors.Is(a.err, errWhim) {
			t.Errorf("got %v", a.err)
		}
	})
}

// lateConn tells of a deadline when it has long passed, as any conn does on a machine
// that has much else to do.
type lateConn struct{ net.Conn }

func (c lateConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		time.Sleep(20 * time.Millisecond)
	}
	return n, err
}

// A conn that took too long to be looked at is closed, and so must not be used: a
// request that it takes with it may be sent twice.
func TestConnThatWasLookedAtForTooLongIsNotUsed(t *testing.T) {
	network := testnet.New()
	inBubble(t, connector.Options{DialContext: func(ctx context.Context, n, addr string) (net.Conn, error) {
		conn, err := network.DialContext(ctx, n, addr)
		return lateConn{conn}, err
	}}, func(e *env) {
		e.ln.Close()
		e.net = network
		e.ln = e.listen("example.com:80")
		first := e.warm()
		var given []bool
		req := request(t, "GET", "http://example.com/", nil)
		out := e.send(req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
			GotConn: func(i httptrace.GotConnInfo) { given = append(given, i.Reused) },
		})))
		s := e.accept()
		first.WantEOF()
		serve(s)
		want(t, <-out, 200, "hello")
		if len(given) != 1 || given[0] {
			t.Errorf("given connections that were used before: %v", given)
		}
	})
}

// synctestWait lets a connector come to rest.
func synctestWait(t *testing.T, c *connector.Connector) {
	t.Helper()
	if err := c.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestTimingsTellWhereTheTimeWent(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		e.net.SetOptions("example.com:80", testnet.Options{Latency: 50 * time.Millisecond, BufferBytes: 1 << 20})
		var timings connector.Timings
		call := func(body io.Reader) {
			var reply connector.Reply
			if err := e.c.Do(context.Background(), &connector.Call{
				Method: "POST", Host: "example.com:80", Head: []byte("POST / HTTP/1.1\r\nHost: example.com\r\n"),
				Body: body, Length: 5, Timings: &timings,
			}, &reply); err != nil {
				t.Error(err)
			}
			io.Copy(io.Discard, &reply)
			reply.Close()
		}
		done := make(chan bool)
		go func() { call(&slow{Reader: strings.NewReader("hello")}); done <- true }()
		s := e.accept()
		s.WantHead()
		s.WantRead("hello")
		time.Sleep(time.Second)
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
		time.Sleep(2 * time.Second)
		s.Write("b")
		<-done
		timings.Start = time.Time{}
		diff(t, timings, connector.Timings{
			Connect: 100 * time.Millisecond, Send: 3 * time.Second, Wait: 1100 * time.Millisecond,
			Receive: 2 * time.Second, Addr: timings.Addr,
		})
		synctest.Wait()
	})
}

func TestTimingsOfASocketTellSendingFromWaiting(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	c := connector.New()
	defer c.Close()
	var timings connector.Timings
	var reply connector.Reply
	const pause = 20 * time.Millisecond
	time.AfterFunc(pause, func() { close(release) })
	start := time.Now()
	if err := c.Do(context.Background(), &connector.Call{
		Method: "GET", Host: strings.TrimPrefix(srv.URL, "http://"), Head: []byte("GET / HTTP/1.1\r\nHost: a\r\n"), Timings: &timings,
	}, &reply); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	reply.Close()
	if rest := took - timings.Connect; timings.Wait < timings.Send || timings.Wait > rest {
		t.Errorf("got %+v of %v", timings, took)
	}
}

// slow takes its time with the first read.
type slow struct {
	io.Reader
	once sync.Once
}

func (s *slow) Read(p []byte) (int, error) {
	s.once.Do(func() { time.Sleep(3 * time.Second) })
	return s.Reader.Read(p)
}
