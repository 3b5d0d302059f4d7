package aiohttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// signals keeps the events of a trace that has all functions. It has no lock:
// the race detector is to see two functions of one call at a time.
type signals struct {
	events []any
	over   atomic.Bool // none may come any more
	late   atomic.Int32
}

// trace makes the trace.
func (s *signals) trace() *tracing.Trace {
	trace := new(tracing.Trace)
	v := reflect.ValueOf(trace).Elem()
	for i := range v.NumField() {
		v.Field(i).Set(reflect.MakeFunc(v.Field(i).Type(), func(args []reflect.Value) []reflect.Value {
			if s.over.Load() {
				s.late.Add(1)
				return nil
			}
			s.events = append(s.events, args[1].Interface())
			return nil
		}))
	}
	return trace
}

// names gives the events' names, each after the number of its exchange.
func (s *signals) names() []string {
	var names []string
	for _, e := range s.events {
		v := reflect.ValueOf(e)
		number := v.FieldByName("Moment").Interface().(tracing.Moment).Exchange
		names = append(names, strconv.Itoa(number)+" "+v.Type().Name())
	}
	return names
}

// first gives the first event of a type.
func first[E any](t testing.TB, s *signals) E {
	t.Helper()
	for _, e := range s.events {
		if e, ok := e.(E); ok {
			return e
		}
	}
	var none E
	t.Errorf("no %T", none)
	return none
}

func wantNames(t testing.TB, s *signals, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, s.names()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// resolver gives the loopback for every name.
type resolver struct{}

func (resolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestTraceTellsAnExchangeInOrder(t *testing.T) {
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("a.test")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := trust.New(trust.Options{CAs: ca.Pool()})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.StartTLS()
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	c := connector.New(connector.Options{Resolver: resolver{}, TLS: policy})
	defer c.Close()
	var s signals
	session := aiohttp.NewSession(aiohttp.Options{Connector: c, Trace: []*tracing.Trace{nil, s.trace()}})
	defer session.Close()
	url := "https://a.test:" + port + "/p?q=1"
	resp, err := session.Get(t.Context(), url)
	if got := read(t, resp, err); got != "hello" {
		t.Errorf("got %q", got)
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart",
		"1 DNSCacheMiss", "1 DNSResolveStart", "1 DNSResolveEnd", "1 ConnectStart", "1 ConnectEnd", "1 TLSStart", "1 TLSEnd",
		"1 ConnectionCreateEnd", "1 RequestHeadersSent", "1 RequestSent", "1 ResponseStart", "1 ResponseHead",
		"1 ConnectionRelease", "1 RequestEnd", "1 ResponseChunkReceived", "1 ExchangeEnd")
	sent := first[tracing.RequestHeadersSent](t, &s)
	if sent.Method != "GET" || sent.Target != "/p?q=1" || sent.Header.Get("Host") != "a.test:"+port || sent.HasBody {
		t.Errorf("sent %+v", sent)
	}
	if made := first[tracing.ConnectionCreateEnd](t, &s); made.ID == 0 || made.Addr != "127.0.0.1:"+port {
		t.Errorf("made %+v", made)
	}
	if head := first[tracing.ResponseHead](t, &s); head.Status != 200 || head.Length != 5 || head.Reason != "OK" || head.Header.Get("Content-Length") != "5" ||
		head.Bytes != len("HTTP/1.1 200 OK\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n") {
		t.Errorf("head %+v", head)
	}
	if end := first[tracing.ExchangeEnd](t, &s); !end.Complete || end.BodyBytes != 5 || end.WireBytes != 5 || end.Timings.Connect <= 0 || end.Decoded || end.Err != nil {
		t.Errorf("end %+v", end)
	}
	var last time.Time
	for _, e := range s.events {
		at := reflect.ValueOf(e).FieldByName("Moment").Interface().(tracing.Moment).Time
		if at.Before(last) {
			t.Errorf("%T comes before its turn", e)
		}
		last = at
	}

	s.events = nil
	c.CloseIdleConnections()
	resp, err = session.Head(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 DNSCacheHit",
		"1 ConnectStart", "1 ConnectEnd", "1 TLSStart", "1 TLSEnd", "1 ConnectionCreateEnd",
		"1 RequestHeadersSent", "1 RequestSent", "1 ResponseStart", "1 ResponseHead", "1 ConnectionRelease", "1 ExchangeEnd", "1 RequestEnd")
	s.over.Store(true)
	resp.Close()
	if n := s.late.Load(); n != 0 {
		t.Errorf("%d events after the end", n)
	}
}

func TestTraceTellsOfRedirectsAndReuse(t *testing.T) {
	var s signals
	session := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusSeeOther)
		}
	}, aiohttp.Options{Trace: []*tracing.Trace{s.trace()}})
	resp, err := session.Post(t.Context(), "http://a.test/a", aiohttp.Request{Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 ConnectionCreateEnd",
		"1 RequestHeadersSent", "1 RequestChunkSent", "1 RequestSent", "1 ResponseStart", "1 ResponseHead", "1 ConnectionRelease",
		"1 ExchangeEnd", "1 RequestRedirect", "2 ExchangeStart", "2 ConnectionReuse", "2 RequestHeadersSent", "2 RequestSent",
		"2 ResponseStart", "2 ResponseHead", "2 ConnectionRelease", "2 ExchangeEnd", "2 RequestEnd")
	e := first[tracing.RequestRedirect](t, &s)
	if e.Method != "POST" || e.URL != "http://a.test/a" || e.Status != 303 || e.NextMethod != "GET" || e.NextURL != "http://a.test/b" {
		t.Errorf("got %+v", e)
	}
	if e := first[tracing.RequestChunkSent](t, &s); string(e.Data) != "hello" {
		t.Errorf("sent %q", e.Data)
	}
	if e := first[tracing.RequestEnd](t, &s); e.Method != "GET" || e.URL != "http://a.test/b" || e.Status != 200 {
		t.Errorf("got %+v", e)
	}
	resp.Close()
}

func TestTraceShowsBodiesWhateverTheirShape(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 8<<10) // 128 KiB
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body)
		w.Write(all)
	}))
	defer srv.Close()
	for name, req := range map[string]aiohttp.Request{
		"memory":  {Bytes: []byte(content)},
		"length":  {Body: io.NopCloser(strings.NewReader(content)), ContentLength: int64(len(content))},
		"chunked": {Body: io.NopCloser(strings.NewReader(content))},
		"file":    {File: path},
	} {
		t.Run(name, func(t *testing.T) {
			var up, down bytes.Buffer
			req.Trace = []*tracing.Trace{{
				OnRequestChunkSent:      func(_ *tracing.Call, e tracing.RequestChunkSent) { up.Write(e.Data) },
				OnResponseChunkReceived: func(_ *tracing.Call, e tracing.ResponseChunkReceived) { down.Write(e.Data) },
			}}
			session := aiohttp.NewSession()
			defer session.Close()
			resp, err := session.Put(t.Context(), srv.URL, req)
			if got := read(t, resp, err); got != content || down.String() != content {
				t.Errorf("received %d bytes, told of %d", len(got), down.Len())
			}
			if up.String() != content {
				t.Errorf("sent: told of %d bytes", up.Len())
			}
		})
	}
}

func TestTraceTellsOfInterimResponses(t *testing.T) {
	session, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var s signals
	done := make(chan string)
	go func() {
		resp, err := session.Put(t.Context(), "http://a.test/", aiohttp.Request{Text: "hello", Expect100: true, Trace: []*tracing.Trace{s.trace()}})
		done <- read(t, resp, err)
	}()
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.Write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
	peer.WantRead("hello")
	peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	if got := <-done; got != "ok" {
		t.Errorf("got %q", got)
	}
	names := slices.DeleteFunc(s.names(), func(name string) bool { return strings.Contains(name, "RequestSent") }) // the answer may overtake it
	want := []string{"0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 ConnectionCreateEnd", "1 RequestHeadersSent", "1 ContinueWait",
		"1 ResponseStart", "1 InterimResponse", "1 InterimResponse", "1 RequestChunkSent", "1 ResponseHead", "1 RequestEnd"}
	if d := cmp.Diff(want, names[:len(want)]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if e := first[tracing.InterimResponse](t, &s); e.Status != 103 || e.Header.Get("Link") != "</a.css>" {
		t.Errorf("got %+v", e)
	}
}

func TestTraceCountsBeforeAndAfterDecompression(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, strings.Repeat("a", 1000))
	z.Close()
	var s signals
	session := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(packed.Bytes())
	}, aiohttp.Options{Trace: []*tracing.Trace{s.trace()}})
	resp, err := session.Get(t.Context(), "http://a.test/")
	read(t, resp, err)
	if e := first[tracing.ExchangeEnd](t, &s); e.BodyBytes != 1000 || e.WireBytes != int64(packed.Len()) || !e.Decoded || !e.Complete {
		t.Errorf("got %+v, want %d on the wire", e, packed.Len())
	}
}

func TestTraceTellsOfFailures(t *testing.T) {
	session, _ := network(t)
	var s signals
	_, err := session.Get(t.Context(), "http://nobody.test/", aiohttp.Request{Trace: []*tracing.Trace{s.trace()}})
	if err == nil {
		t.Fatal("no error")
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 ConnectionCreateEnd", "1 ExchangeEnd", "0 RequestException")
	if e := first[tracing.RequestException](t, &s); e.Err != err || e.Method != "GET" || e.URL != "http://nobody.test/" {
		t.Errorf("got %+v, want %v", e, err)
	}
	if e := first[tracing.ExchangeEnd](t, &s); !errors.Is(err, e.Err) || e.Err == nil {
		t.Errorf("exchange ended with %v, want %v", e.Err, err)
	}
	s.events = nil
	if _, err := session.Get(t.Context(), "no scheme", aiohttp.Request{Trace: []*tracing.Trace{s.trace()}}); err == nil {
		t.Fatal("no error")
	}
	wantNames(t, &s, "0 RequestStart", "0 RequestException")
}

func TestTraceTellsOfTheQueue(t *testing.T) {
	c := connector.New(connector.Options{MaxConns: 1, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) })})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	holder, err := session.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	var s signals
	trace := s.trace()
	tell := trace.OnConnectionQueuedStart
	queued := make(chan bool)
	trace.OnConnectionQueuedStart = func(c *tracing.Call, e tracing.ConnectionQueuedStart) {
		tell(c, e)
		close(queued)
	}
	go func() {
		<-queued
		holder.Close()
	}()
	resp, err := session.Head(t.Context(), "http://a.test/", aiohttp.Request{Trace: []*tracing.Trace{trace}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Close()
	if got := s.names()[2:4]; !slices.Equal(got, []string{"1 ConnectionQueuedStart", "1 ConnectionQueuedEnd"}) {
		t.Errorf("got %v", s.names())
	}
}

// Each trace has its own value, and all have the request's.
func TestTraceValues(t *testing.T) {
	session := site(t, func(http.ResponseWriter, *http.Request) {})
	var got []any
	trace := func(mine string) *tracing.Trace {
		return &tracing.Trace{
			OnRequestStart: func(c *tracing.Call, _ tracing.RequestStart) { c.Value = mine },
			OnRequestEnd: func(c *tracing.Call, _ tracing.RequestEnd) {
				got = append(got, c.Value, c.RequestValue, c.Context != nil)
			},
		}
	}
	resp, err := session.Get(t.Context(), "http://a.test/", aiohttp.Request{Trace: []*tracing.Trace{trace("a"), trace("b")}, TraceValue: 7})
	read(t, resp, err)
	if want := []any{"a", 7, true, "b", 7, true}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A response of middleware's own came by no exchange, and ends the call all the
// same; one of a repeated exchange is told of with its number.
func TestTraceThroughMiddleware(t *testing.T) {
	var s signals
	session := site(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, aiohttp.Options{Trace: []*tracing.Trace{s.trace()}})
	twice := func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			resp, err := next(ctx, req)
			if err != nil {
				return nil, err
			}
			resp.Close()
			return next(ctx, req)
		}
	}
	resp, err := session.Get(t.Context(), "http://a.test/", aiohttp.Request{Middleware: []aiohttp.Middleware{twice}})
	read(t, resp, err)
	var ends []string
	for _, name := range s.names() {
		if strings.Contains(name, "End") && !strings.Contains(name, "Connection") {
			ends = append(ends, name)
		}
	}
	if want := []string{"1 ExchangeEnd", "2 RequestEnd", "2 ExchangeEnd"}; !slices.Equal(ends, want) {
		t.Errorf("got %v, want %v", ends, want)
	}

	s.events = nil
	kept := func(aiohttp.Handler) aiohttp.Handler {
		return func(_ context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return aiohttp.FromHTTP(req, &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("kept")), ContentLength: 4})
		}
	}
	resp, err = session.Get(t.Context(), "http://a.test/", aiohttp.Request{Middleware: []aiohttp.Middleware{kept}})
	if got := read(t, resp, err); got != "kept" {
		t.Errorf("got %q", got)
	}
	wantNames(t, &s, "0 RequestStart", "0 RequestEnd")
}

// blocked is a body that comes to its end only when it is closed.
type blocked struct {
	once   sync.Once
	closed chan struct{}
	first  atomic.Bool
}

func (b *blocked) Read(p []byte) (int, error) {
	if b.first.CompareAndSwap(false, true) {
		return copy(p, "begin"), nil
	}
	<-b.closed
	return copy(p, "late"), nil
}

func (b *blocked) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

// aiohttp's tracers are told in the caller's task; ours have to be told nothing
// once the call is over, whoever still works at it.
func TestTraceIsSilentAfterTheEnd(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/early" {
			http.Error(w, "no", http.StatusForbidden) // before the body has come
			return
		}
		w.Write(make([]byte, 64<<10))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()
	var all []*signals
	for i := range 60 {
		ctx, cancel := context.WithCancel(t.Context())
		s := new(signals)
		all = append(all, s)
		req := aiohttp.Request{Trace: []*tracing.Trace{s.trace()}}
		path := "/"
		if i%3 == 0 {
			req.Body, req.Method, path = &blocked{closed: make(chan struct{})}, "PUT", "/early"
		}
		req.URL = srv.URL + path
		stop := time.AfterFunc(time.Duration(i%10+1)*time.Millisecond, cancel)
		resp, err := session.Do(ctx, req)
		if err == nil {
			if i%2 == 0 && path == "/" {
				had := make(chan bool)
				go func() {
					io.CopyN(io.Discard, resp, 64<<10)
					close(had)
					io.Copy(io.Discard, onlyRead{resp}) // there is no more: Close comes in between
				}()
				<-had
				runtime.Gosched()
			}
			resp.Close()
		}
		s.over.Store(true)
		stop.Stop()
		cancel()
	}
	session.Close() // which joins the uploads
	for i, s := range all {
		if n := s.late.Load(); n != 0 {
			t.Errorf("call %d: %d events after its end", i, n)
		}
	}
}

type onlyRead struct{ io.Reader }

func TestResponseTimings(t *testing.T) {
	session := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
		w.Write(make([]byte, 1<<20))
	}, aiohttp.Options{Timings: true})
	var given connector.Timings
	resp, err := session.Get(t.Context(), "http://a.test/a", aiohttp.Request{Timings: &given})
	read(t, resp, err)
	hop, last := resp.History()[0].Timings(), resp.Timings()
	if hop.Start.IsZero() || hop.Reused || !last.Start.After(hop.Start) || last.Receive <= 0 || last != given {
		t.Errorf("got %+v, then %+v, and %+v in the Request", hop, last, given)
	}
	resp, err = session.Get(t.Context(), "http://a.test/b")
	read(t, resp, err)
	if got := resp.Timings(); got.Start.IsZero() || !got.Reused || got.Receive <= 0 {
		t.Errorf("got %+v", got)
	}
	plain := site(t, func(http.ResponseWriter, *http.Request) {})
	resp, err = plain.Get(t.Context(), "http://a.test/")
	read(t, resp, err)
	if got := resp.Timings(); got != (connector.Timings{}) {
		t.Errorf("not asked for, got %+v", got)
	}
}

// A function of a trace that panics brings down the call, and takes nothing with
// it: not the right to a connection, nor the connection.
func TestTracePanicsLoseNoConnection(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusEarlyHints)
		w.Write(make([]byte, 64<<10))
	}))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	kind := reflect.TypeFor[tracing.Trace]()
	seen := 0
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		t.Run(name, func(t *testing.T) {
			c := connector.New(connector.Options{MaxConns: 1, Resolver: resolver{}, DNSCacheTTL: time.Hour, Timeouts: connector.Timeouts{Pool: 5 * time.Second}})
			defer c.Close()
			session := aiohttp.NewSession(aiohttp.Options{Connector: c, BaseURL: "http://a.test:" + port})
			defer session.Close()
			trace := new(tracing.Trace)
			var panicked atomic.Bool
			reflect.ValueOf(trace).Elem().Field(i).Set(reflect.MakeFunc(kind.Field(i).Type, func([]reflect.Value) []reflect.Value {
				panicked.Store(true)
				panic(name)
			}))
			send := func(req aiohttp.Request) {
				defer func() { recover() }()
				if resp, err := session.Do(t.Context(), req); err == nil {
					defer resp.Close()
					resp.Bytes()
				}
			}
			traced := aiohttp.Request{Method: "POST", URL: "/redirect", Text: "hello", Expect100: true, Trace: []*tracing.Trace{trace}}
			send(traced)
			traced.URL, traced.Timeouts.Head = "/", -1
			c.CloseIdleConnections()
			send(traced) // by a name that is known
			if name == "OnRequestException" {
				send(aiohttp.Request{URL: "/", Body: iotest.ErrReader(io.EOF), ContentLength: 1, Trace: []*tracing.Trace{trace}})
			}
			holder, err := session.Get(t.Context(), "/")
			if err != nil {
				t.Fatal("afterwards:", err)
			}
			go func() { // so that the next one has to queue
				for c.Stats().Waiting == 0 && !panicked.Load() {
					runtime.Gosched()
				}
				holder.Close()
			}()
			if !panicked.Load() {
				send(traced)
			}
			holder.Close()
			if panicked.Load() {
				seen++
			} else {
				t.Log("was not called")
			}
			resp, err := session.Get(t.Context(), "/")
			if err != nil {
				t.Fatal("afterwards:", err)
			}
			read(t, resp, nil)
			if got := c.Stats(); got != (connector.Stats{Open: 1, Idle: 1, Hosts: 1}) {
				t.Errorf("the pool is left with %+v", got)
			}
		})
	}
	if want := kind.NumField() - 2; seen != want { // there is no TLS
		t.Errorf("%d functions were called, want %d", seen, want)
	}
}

// A body that is sent while the answer is awaited is told of when it is through.
func TestTraceTellsOfAStreamedBodyBeforeTheAnswer(t *testing.T) {
	session, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var s signals
	sent := make(chan struct{})
	trace := s.trace()
	trace.OnRequestSent = func(_ *tracing.Call, e tracing.RequestSent) { s.events = append(s.events, e); close(sent) }
	done := make(chan string)
	go func() {
		resp, err := session.Post(t.Context(), "http://a.test/", aiohttp.Request{
			Body: iotest.OneByteReader(strings.NewReader("hi")), ContentLength: 2, Trace: []*tracing.Trace{trace},
		})
		done <- read(t, resp, err)
	}()
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.WantRead("hi")
	<-sent
	peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	if got := <-done; got != "ok" {
		t.Errorf("got %q", got)
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 ConnectionCreateEnd", "1 RequestHeadersSent",
		"1 RequestChunkSent", "1 RequestChunkSent", "1 RequestSent", "1 ResponseStart", "1 ResponseHead", "1 RequestEnd",
		"1 ConnectionRelease", "1 ResponseChunkReceived", "1 ExchangeEnd")
	if e := first[tracing.RequestSent](t, &s); e.Err != nil {
		t.Error(e.Err)
	}
}

// A function that panics when the connection is lost leaves nobody behind who
// reads the request's body.
func TestTracePanicsEndTheUpload(t *testing.T) {
	session, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	body, w := io.Pipe()
	panicked := make(chan any)
	go func() {
		defer func() { panicked <- recover() }()
		session.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: body, Trace: []*tracing.Trace{{
			OnConnectionRelease: func(*tracing.Call, tracing.ConnectionRelease) { panic("released") },
		}}})
	}()
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.Close()
	if got := <-panicked; got != "released" {
		t.Errorf("got %v", got)
	}
	if _, err := io.WriteString(w, "x"); err != io.ErrClosedPipe {
		t.Errorf("the body is still read: %v", err)
	}
}

// What is sent once more, because a connection had been closed at rest, is one
// exchange all the same.
func TestTraceTellsOfASecondAttempt(t *testing.T) {
	session, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var s signals
	done := make(chan string)
	put := func(trace ...*tracing.Trace) {
		resp, err := session.Put(t.Context(), "http://a.test/", aiohttp.Request{Text: "hello", Trace: trace})
		done <- read(t, resp, err)
	}
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	go put()
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.WantRead("hello")
	peer.Write(ok)
	<-done
	go put(s.trace())
	peer.WantHead()
	peer.Close()
	peer = testnet.Accept(t, ln)
	peer.WantHead()
	peer.WantRead("hello")
	peer.Write(ok)
	if got := <-done; got != "ok" {
		t.Errorf("got %q", got)
	}
	wantNames(t, &s, "0 RequestStart", "1 ExchangeStart", "1 ConnectionReuse", "1 RequestHeadersSent", "1 RequestChunkSent", "1 RequestSent",
		"1 ConnectionRelease", "1 ConnectionCreateStart", "1 ConnectionCreateEnd", "1 RequestHeadersSent", "1 RequestChunkSent", "1 RequestSent",
		"1 ResponseStart", "1 ResponseHead", "1 ConnectionRelease", "1 RequestEnd", "1 ResponseChunkReceived", "1 ExchangeEnd")
	if e := first[tracing.ConnectionRelease](t, &s); e.Reused {
		t.Errorf("the connection that was closed: %+v", e)
	}
}

// A request that was opening a connection and got another one hears the end of
// both, and nothing of what becomes of the former.
func TestTraceOfAConnectionThatCameFree(t *testing.T) {
	synctest.Test(t, traceOfAConnectionThatCameFree)
}

func traceOfAConnectionThatCameFree(t *testing.T) {
	n := testnet.New()
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	pass, dials := make(chan bool, 2), make(chan bool, 2)
	c := connector.New(connector.Options{MaxConns: 2, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials <- true
		select {
		case <-pass:
			return n.DialContext(ctx, network, addr)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	defer session.Close()
	get := func(s *signals) <-chan tracing.Timings {
		done := make(chan tracing.Timings, 1)
		go func() {
			var took tracing.Timings
			resp, err := session.Get(t.Context(), "http://a.test/", aiohttp.Request{Trace: []*tracing.Trace{s.trace()}, Timings: &took})
			if got := read(t, resp, err); got != "ok" {
				t.Errorf("got %q", got)
			}
			done <- took
		}()
		return done
	}
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	var first1, second, third signals
	a := get(&first1)
	<-dials
	pass <- true
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	b := get(&second)
	<-dials
	synctest.Wait()
	queue := get(&third)
	synctest.Wait()
	for _, done := range []<-chan tracing.Timings{a, b, queue} {
		peer.Write(ok)
		if took := <-done; took.Reused != (done != a) {
			t.Errorf("got %+v", took)
		}
		if done != queue {
			peer.WantHead()
		}
	}
	rest := []string{"1 ConnectionReuse", "1 RequestHeadersSent", "1 RequestSent", "1 ResponseStart", "1 ResponseHead",
		"1 ConnectionRelease", "1 RequestEnd", "1 ResponseChunkReceived", "1 ExchangeEnd"}
	wantNames(t, &second, append([]string{"0 RequestStart", "1 ExchangeStart", "1 ConnectionCreateStart", "1 ConnectionCreateEnd"}, rest...)...)
	if e := first[tracing.ConnectionCreateEnd](t, &second); e.Err == nil || e.ID != 0 {
		t.Errorf("got %+v", e)
	}
	if made, used := first[tracing.ConnectionCreateEnd](t, &first1), first[tracing.ConnectionReuse](t, &second); made.ID != used.ID {
		t.Errorf("made %+v, used %+v", made, used)
	}
	wantNames(t, &third, append([]string{"0 RequestStart", "1 ExchangeStart", "1 ConnectionQueuedStart", "1 ConnectionQueuedEnd"}, rest...)...)
	pass <- true
	testnet.Accept(t, ln)
	synctest.Wait()
	if n := first1.late.Load() + second.late.Load() + third.late.Load(); n != 0 {
		t.Errorf("%d functions were called afterwards", n)
	}
}
