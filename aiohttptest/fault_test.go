package aiohttptest_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestFaultsOfTheDial(t *testing.T) {
	own := errors.New("cable cut")
	for _, tt := range []struct {
		name  string
		fault aiohttptest.Fault
		phase connector.Phase
		is    func(error) bool
		took  time.Duration
	}{
		{"refuse", aiohttptest.Fault{Dial: aiohttptest.Refuse}, connector.PhaseConnect,
			func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }, 0},
		{"no-such-host", aiohttptest.Fault{Dial: aiohttptest.NoSuchHost}, connector.PhaseDNS,
			func(err error) bool { e, ok := errors.AsType[*net.DNSError](err); return ok && e.IsNotFound }, 0},
		{"untrusted", aiohttptest.Fault{Dial: aiohttptest.Untrusted}, connector.PhaseTLS,
			func(err error) bool {
				e, ok := errors.AsType[*trust.CertificateError](err)
				return ok && e.Problem == trust.SelfSigned
			}, 0},
		{"hang", aiohttptest.Fault{Dial: aiohttptest.Hang}, connector.PhaseConnect,
			func(err error) bool { return strings.Contains(err.Error(), "connect timeout of 10s exceeded") }, 10 * time.Second},
		{"latency", aiohttptest.Fault{Latency: time.Minute}, connector.PhaseConnect,
			func(err error) bool { return strings.Contains(err.Error(), "connect timeout of 10s exceeded") }, 10 * time.Second},
		{"own", aiohttptest.Fault{Err: own}, connector.PhaseConnect, func(err error) bool { return errors.Is(err, own) }, 0},
		{"own-late", aiohttptest.Fault{Err: own, Latency: time.Second}, connector.PhaseConnect,
			func(err error) bool { return errors.Is(err, own) }, 2 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := aiohttptest.New(t)
				server.Handle("/", say("hello"))
				server.Fault("a.test", tt.fault)
				session := server.Session()
				start := time.Now()
				_, err := session.Get(t.Context(), "https://a.test/")
				e, ok := errors.AsType[*aiohttp.Error](err)
				if !ok || e.Phase != tt.phase || !tt.is(err) || !aiohttp.SafeToRetry(err) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if got := get(t, session, "https://a.test/"); got != "200 hello" {
					t.Errorf("afterwards got %q", got)
				}
			})
		})
	}
}

func TestFaultsComeInOrder(t *testing.T) {
	server := aiohttptest.New(t)
	server.Handle("/", aiohttptest.Status(200).With("Connection", "close"))
	server.Fault("A.test", aiohttptest.Fault{Dial: aiohttptest.Refuse, Skip: 1, Times: 2})
	server.Fault("a.test:80", aiohttptest.Fault{Dial: aiohttptest.NoSuchHost})
	server.Fault("b.test", aiohttptest.Fault{Dial: aiohttptest.Refuse, Skip: 1, Times: -1})
	server.Fault("", aiohttptest.Fault{Dial: aiohttptest.Untrusted})
	session := server.Session()
	for i, want := range []string{
		"http://a.test 200", "http://a.test connection refused", "http://a.test connection refused",
		"http://a.test:81 200", // that of any host has nothing to say of http
		"http://a.test no such host", "http://a.test 200",
		"http://b.test 200", "http://b.test connection refused", "http://b.test connection refused", "http://b.test connection refused",
	} {
		url, want, _ := strings.Cut(want, " ")
		if got := get(t, session, url); !strings.Contains(got, want) {
			t.Errorf("request %d, %s: got %q, want %q", i, url, got, want)
		}
	}
	server.ClearFaults()
	if got := get(t, session, "http://b.test"); got != "200 " {
		t.Errorf("without faults got %q", got)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
	head := int64(len(answer) - 10)
	for _, tt := range []struct {
		name  string
		fault aiohttptest.Fault
		want  string
		took  time.Duration
	}{
		{"slow", aiohttptest.Fault{Latency: time.Second}, "200 0123456789", 4 * time.Second},
		{"sliced", aiohttptest.Fault{ReadBytes: 1}, "200 0123456789", 0},
		{"reset", aiohttptest.Fault{Then: aiohttptest.Reset, AfterBytes: head + 3}, `connection reset by peer`, 0},
		{"close", aiohttptest.Fault{Then: aiohttptest.Close, AfterBytes: head + 3}, `closed the connection after 3 of 10 bytes`, 0},
		{"stall", aiohttptest.Fault{Then: aiohttptest.Stall, AfterBytes: head + 3}, `body stall timeout of 1m0s exceeded`, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := aiohttptest.New(t)
				server.Handle("/", aiohttptest.Raw(aiohttptest.Send(answer)))
				server.Fault("", tt.fault)
				start := time.Now()
				if got := get(t, server.Session(), "http://a.test/"); !strings.Contains(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestRawAnswers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		steps []aiohttptest.Step
		want  string
		took  time.Duration
	}{
		{"whole", []aiohttptest.Step{aiohttptest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")}, "200 hi", 0},
		{"until-close", []aiohttptest.Step{aiohttptest.Send("HTTP/1.0 200 OK\r\n\r\nhi")}, "200 hi", 0},
		{"pauses", []aiohttptest.Step{aiohttptest.Send("HTTP/1.1 200 OK\r\n"), aiohttptest.Pause(5 * time.Second),
			aiohttptest.Send("\r\nhi"), aiohttptest.Pause(50 * time.Second), aiohttptest.Close, aiohttptest.Send("never")}, "200 hi", 55 * time.Second},
		{"reset", []aiohttptest.Step{aiohttptest.Send("HTTP/1.1 200 OK\r\n\r\nhi"), aiohttptest.Reset}, "connection reset by peer", 0},
		{"stall", []aiohttptest.Step{aiohttptest.Stall}, "head timeout of 30s exceeded", 30 * time.Second},
		{"garbage", []aiohttptest.Step{aiohttptest.Send("SSH-2.0-OpenSSH\r\n")}, "malformed", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := aiohttptest.New(t)
				server.Handle("/", aiohttptest.Raw(tt.steps...))
				start := time.Now()
				if got := get(t, server.Session(), "http://a.test/"); !strings.Contains(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestDamagedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := aiohttptest.New(t)
		whole := aiohttptest.Response{Body: []byte("0123456789")}
		const head = len("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
		server.Handle("/cut", aiohttptest.Cut(head+3, aiohttptest.Close, whole))
		server.Handle("/whole", aiohttptest.Cut(1<<20, aiohttptest.Close, whole))
		server.Handle("/flip", aiohttptest.Flip(head, aiohttptest.Response{Body: []byte{0, 1, 2}}))
		server.Handle("/flip-beyond", aiohttptest.Flip(1<<20, whole))
		server.Handle("/twice", aiohttptest.Twice(whole))
		server.Handle("/trickle", aiohttptest.Trickle(7, time.Second, whole))
		session := server.Session()
		for path, want := range map[string]string{
			"/cut":         "closed the connection after 3 of 10 bytes",
			"/whole":       "200 0123456789",
			"/flip":        "200 \x00\xfe\x02",
			"/flip-beyond": "200 0123456789",
			"/twice":       "200 0123456789",
		} {
			resp, err := session.Get(t.Context(), "http://a.test"+path)
			if err != nil {
				t.Fatal(path, err)
			}
			content, err := resp.Bytes()
			if got := fmt.Sprintf("%d %s", resp.Status, content); got != want && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
			}
		}
		// The second answer must not be given for another question.
		for range 2 {
			if got := get(t, session, "http://a.test/twice"); got != "200 0123456789" {
				t.Errorf("got %q", got)
			}
		}
		start := time.Now()
		if got := get(t, session, "http://a.test/trickle"); got != "200 0123456789" {
			t.Errorf("got %q", got)
		}
		if took, want := time.Since(start), time.Duration((head+10-1)/7)*time.Second; took != want {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}

func TestResponses(t *testing.T) {
	server := aiohttptest.New(t)
	server.Handle("/json", aiohttptest.JSON(201, map[string]int{"n": 1}).With("x-one", "1").With("X-One", "2"))
	server.Handle("/zero", aiohttptest.Response{})
	server.Handle("/204", aiohttptest.Response{Status: 204, Body: []byte("no")})
	session := server.Session()
	resp, err := session.Get(t.Context(), "http://a.test/json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := resp.Text()
	if resp.Status != 201 || text != `{"n":1}` || err != nil || resp.Header("Content-Type") != "application/json" ||
		strings.Join(resp.Headers().Values("X-One"), " ") != "1 2" {
		t.Errorf("got %d %q %v %v", resp.Status, text, err, resp.Headers())
	}
	head, err := session.Head(t.Context(), "http://a.test/json")
	if err != nil || head.ContentLength != 7 {
		t.Errorf("HEAD: got %+v, %v", head, err)
	}
	for path, want := range map[string]string{"/zero": "200 ", "/204": "204 "} {
		if got := get(t, session, "http://a.test"+path); got != want {
			t.Errorf("%s: got %q", path, got)
		}
	}
}

func TestAnswersThatCannotBePanic(t *testing.T) {
	for name, f := range map[string]func(){
		"json":    func() { aiohttptest.JSON(200, make(chan int)) },
		"turn":    func() { aiohttptest.InTurn() },
		"trickle": func() { aiohttptest.Trickle(0, time.Second, say("")) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
