package aiohttp_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aiohttp-go/aiohttp/trust"
)

// newServer serves a handler on the loopback, quietly.
func newServer(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := unstarted(t, handler)
	srv.Start()
	return srv
}

// newTLSServer does so over TLS.
func newTLSServer(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := unstarted(t, handler)
	srv.StartTLS()
	return srv
}

func unstarted(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(srv.Close)
	return srv
}

// trusting gives a policy that believes only the server.
func trusting(t testing.TB, srv *httptest.Server) *trust.Policy {
	t.Helper()
	pool := srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	policy, err := trust.New(trust.Options{CAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	return policy
}
