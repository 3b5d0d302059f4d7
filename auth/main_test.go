package auth_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// site is every host, in this process, and keeps what it was asked.
type site struct {
	reply http.HandlerFunc

	mu  sync.Mutex
	log []string // "method url authorization"
}

func (st *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	st.mu.Lock()
	st.log = append(st.log, strings.TrimSpace(r.Method+" http://"+r.Host+r.RequestURI+" "+r.Header.Get("Authorization")))
	st.mu.Unlock()
	if to := r.URL.Query().Get("to"); to != "" {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		return
	}
	if st.reply != nil {
		st.reply(w, r)
	}
}

// session gives a session with the middleware, for which every host is a site.
func session(t testing.TB, reply http.HandlerFunc, all ...aiohttp.Middleware) (*aiohttp.Session, *site) {
	return with(t, reply, aiohttp.Options{Middleware: all})
}

func with(t testing.TB, reply http.HandlerFunc, o aiohttp.Options) (*aiohttp.Session, *site) {
	t.Helper()
	st := &site{reply: reply}
	o.Connector = connector.New(connector.Options{Handler: st})
	s := aiohttp.NewSession(o)
	t.Cleanup(func() {
		s.Close()
		o.Connector.Close()
	})
	return s, st
}

// status gives the status of an answer, read to its end.
func status(t testing.TB, resp *aiohttp.Response, err error) int {
	t.Helper()
	if err != nil {
		t.Error(err)
		return 0
	}
	if _, err := resp.Bytes(); err != nil {
		t.Error(err)
	}
	return resp.Status
}

// refuse answers with 401 and a challenge.
func refuse(w http.ResponseWriter, challenges ...string) {
	for _, c := range challenges {
		w.Header().Add("WWW-Authenticate", c)
	}
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, "who are you?")
}

// wantText checks that an error's text has the parts, and not the secrets.
func wantText(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q, want %q in it", err, part)
		}
	}
	for _, secret := range []string{"hunter2", "\n"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q has %q in it", err, secret)
		}
	}
}
