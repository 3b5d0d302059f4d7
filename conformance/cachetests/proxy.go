package main

import (
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/cache"
	"github.com/aiohttp-go/aiohttp/connector"
)

// proxy is the cache as the suite's client can reach it.
type proxy struct {
	origin *url.URL
	cached http.RoundTripper
}

// startProxy serves the cache in front of origin, and gives its URL.
func startProxy(origin *url.URL, opts cache.Options) (base string, stop func(), err error) {
	conns := connector.New(connector.Options{DisableCompression: true, DialContext: dial})
	store := cache.New(opts)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: &proxy{origin, store.Transport(restoring{conns})}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(ln) // until it is closed
	}()
	return "http://" + ln.Addr().String(), func() {
		server.Close()
		<-done
		store.Close()
		conns.Close()
	}, nil
}

// hopByHop are the fields of one connection, which are not to be handed on.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// ServeHTTP hands a request to the cache, and its response back. What it adds or
// removes is what the two connections need.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u := *p.origin
	u.Path, u.RawPath, u.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
	out, err := http.NewRequestWithContext(r.Context(), r.Method, u.String(), nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.ContentLength != 0 {
		out.Body, out.ContentLength = r.Body, r.ContentLength
	}
	out.Header = r.Header.Clone()
	for _, name := range hopByHop {
		out.Header.Del(name)
	}
	resp, err := p.cached.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	for _, name := range hopByHop {
		w.Header().Del(name)
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body) // what is cut off, the suite's client sees
}
