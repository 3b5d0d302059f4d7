package faults_test

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/aiohttp-go/aiohttp/conformance/echo"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// path is the site, and the proxy that leads to it.
type path struct {
	proxy  *toxiproxy.Proxy
	addr   string // the proxy's
	scheme string
	policy *trust.Policy
	some   bool // a toxic is not at work on all connections

	mu   sync.Mutex
	seen map[string]int // how often the site was asked each request
}

// lay starts a site and a proxy with toxics before it.
func lay(t *testing.T, secure bool, toxics []string) *path {
	t.Helper()
	p := &path{scheme: "http", seen: map[string]int{}}
	site := echo.Site()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.seen[r.URL.Path[1:]]++
		p.mu.Unlock()
		site.ServeHTTP(w, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	if secure {
		ca, err := localca.New("faults")
		if err != nil {
			t.Fatal(err)
		}
		cert, err := ca.Issue("127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		if p.policy, err = trust.New(trust.Options{CAs: ca.Pool()}); err != nil {
			t.Fatal(err)
		}
		p.scheme = "https"
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		srv.StartTLS()
	} else {
		srv.Start()
	}
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p.proxy = toxiproxy.NewProxy(api, t.Name(), "127.0.0.1:0", srv.Listener.Addr().String())
	if err := p.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	p.addr = p.proxy.Listen
	t.Cleanup(p.proxy.Stop)
	for _, toxic := range toxics {
		p.some = p.some || strings.Contains(toxic, "toxicity")
		if _, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *path) url() string { return p.scheme + "://" + p.addr }

func (p *path) times(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[id]
}
