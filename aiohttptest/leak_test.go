package aiohttptest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
)

// large is more than what a connection and a client's buffer hold.
var large = strings.Repeat("x", 200<<10)

func TestServerReportsResponsesLeftOpen(t *testing.T) {
	for name, leave := range map[string]func(*testing.T, *aiohttptest.Server){
		"session": func(t *testing.T, server *aiohttptest.Server) {
			if _, err := server.Session().Get(t.Context(), "https://a.test/large?x=1"); err != nil {
				t.Error(err)
			}
		},
		"net-http": func(t *testing.T, server *aiohttptest.Server) {
			if _, err := server.HTTPClient().Get("https://a.test/large?x=1"); err != nil {
				t.Error(err)
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := failures(t, func(tb testing.TB) {
				server := aiohttptest.New(tb)
				server.Handle("/large", aiohttptest.Text(200, large))
				leave(t, server)
				if got := get(t, server.Session(), "http://a.test/large"); got != "200 "+large { // one that is read
					t.Errorf("%s: got %d bytes", name, len(got))
				}
			})
			wantFailures(t, got, "aiohttptest: response neither read to its end nor closed: GET https://a.test/large?x=1")
		})
	}
}

func TestServerReportsRequestsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan string)
		wantFailures(t, failures(t, func(tb testing.TB) {
			server := aiohttptest.New(tb)
			server.Handle("/late", aiohttptest.Delay(time.Hour, say("late")))
			session := server.Session(aiohttp.Options{})
			go func() { over <- get(t, session, "http://a.test/late") }()
			synctest.Wait()
		}), "aiohttptest: request under way at the end of the test: GET http://a.test/late")
		if got := <-over; !strings.Contains(got, "closed") {
			t.Errorf("got %q", got)
		}
	})
}

func TestServerBelievesResponsesThatAreClosedOrGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wantFailures(t, failures(t, func(tb testing.TB) {
			server := aiohttptest.New(tb)
			server.Handle("/large", aiohttptest.Text(200, large))
			server.Handle("/late", aiohttptest.Delay(time.Hour, say("late")))
			session := server.Session()
			resp, err := session.Get(t.Context(), "http://a.test/large")
			if err != nil {
				t.Fatal(err)
			}
			resp.Close()
			if got := get(t, session, "http://a.test/late"); !strings.Contains(got, "exceeded") {
				t.Errorf("got %q", got)
			}
			if resp, err = session.Get(t.Context(), "http://a.test/large"); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(time.Second, func() { resp.Close() }) // it has its time
		}))
	})
}

// Connections that other transports hold may be at rest there.
func TestServerLeavesTheConnectionsOfOthersAlone(t *testing.T) {
	std := &http.Transport{}
	defer std.CloseIdleConnections()
	wantFailures(t, failures(t, func(tb testing.TB) {
		server := aiohttptest.New(tb)
		server.Handle("/", say("hello"))
		std.DialContext = server.DialContext
		resp, err := (&http.Client{Transport: std}).Get("http://a.test/")
		read(t, resp, err)
	}))
}

func TestLeakCheckFindsGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where patience takes no time
		stop := make(chan struct{})
		got := failures(t, func(t testing.TB) {
			aiohttptest.LeakCheck(t)
			server := aiohttptest.New(t)
			server.Handle("/", say("hello"))
			get(t, server.Session(aiohttp.Options{}), "http://a.test/")
			go func() { <-stop }()
		})
		close(stop)
		wantFailures(t, got, "left behind by the test:\ngoroutine ")
	})
}
