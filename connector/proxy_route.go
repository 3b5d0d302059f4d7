package connector

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// proxyServer is a proxy as its URL describes it. A connector has one for each
// URL, so that it can be told from others by its address.
type proxyServer struct {
	addr   string // "name:port"
	name   string // the URL without user and password
	secure bool   // TLS to the proxy
	socks  bool   // SOCKS5, else HTTP
	remote bool   // SOCKS5 that resolves names

	auth      bool   // there are a user and a password
	proxyUser        // they, where there are
	fields    []byte // that HTTP requests to the proxy bear: Options.ProxyHeader
	agent     bool   // User-Agent is among them

	forward, tunnel route
}

// route is a way through a proxy: requests that the proxy forwards, or a tunnel
// through it. A nil *route is the direct way. Its address is a part of the pool's
// key.
type route struct {
	server *proxyServer
	tunnel bool
	keeps  atomic.Bool // connections that forward have been seen to be kept open
}

// String gives the proxy's URL, without user and password.
func (r *route) String() string {
	if r == nil {
		return ""
	}
	return r.server.name
}

// doubtful reports whether a resting connection may be closed by the proxy at any
// moment, so that it is not for what cannot be repeated.
//
// RFC 9112, section 9.6: "A server that does not support persistent connections
// MUST send the "close" connection option in every response message that does not
// have a 1xx (Informational) status code." Tinyproxy closes after each answer that
// it has forwarded, and does not say so.
// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-5
func (r *route) doubtful() bool { return r != nil && !r.tunnel && !r.keeps.Load() }

// learn looks at an answer: the proxy keeps connections if it says so, or if this
// one was in use before.
func (r *route) learn(cn *conn, h *http1.ResponseHead) {
	if !r.doubtful() {
		return
	}
	option, _ := h.Fields.Get("connection")
	served := cn.uses > 1 && !(cn.early && cn.uses == 2)
	if served || http1.HasOption(option, "keep-alive") {
		r.keeps.Store(true)
	}
}

// proxyKey is what makes a proxy another one.
type proxyKey struct {
	scheme, host, user, password string
	auth                         bool
}

// proxyTable holds the proxies of a connector.
type proxyTable struct {
	policy ProxyAuth
	header []byte // Options.ProxyHeader, as it goes on the wire
	agent  bool   // there is a User-Agent among it
	err    error  // what is wrong with it
	mu     sync.RWMutex
	m      map[proxyKey]*proxyServer
}

// proxyTableSize bounds the table, for programs that make up a user for each
// request. Beyond it the table is begun anew; connections of before end by their
// idle time-out.
const proxyTableSize = 1024

// setHeader renders Options.ProxyHeader.
func (t *proxyTable) setHeader(header http.Header) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch canonical {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Te", "Upgrade", "Expect":
			t.err = fmt.Errorf("ProxyHeader must not have the field %q", canonical)
			return
		}
		for _, value := range header[name] {
			value = http1.TrimOWS(value)
			if !http1.ValidToken(name) || !http1.ValidValue(value) {
				t.err = fmt.Errorf("ProxyHeader has an invalid field %q", name)
				return
			}
			t.header = http1.AppendField(t.header, canonical, value)
			t.agent = t.agent || canonical == "User-Agent"
		}
	}
}

// get gives the proxy at u.
func (t *proxyTable) get(u *url.URL) (*proxyServer, error) {
	key := proxyKey{scheme: u.Scheme, host: u.Host, auth: u.User != nil}
	if key.auth {
		key.user = u.User.Username()
		key.password, _ = u.User.Password()
	}
	t.mu.RLock()
	s := t.m[key]
	t.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	if t.err != nil {
		return nil, t.err
	}
	s, err := newProxyServer(u)
	if err != nil {
		return nil, err
	}
	header := t.header
	if s.auth { // the URL's are nearer
		header = appendUncredited(nil, header)
	}
	s.fields, s.agent, s.policy = header, t.agent, t.policy
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.m[key]; known != nil {
		return known, nil
	}
	if t.m == nil || len(t.m) >= proxyTableSize {
		t.m = map[proxyKey]*proxyServer{}
	}
	t.m[key] = s
	return s, nil
}

// errProxiedZone refuses what a proxy cannot make sense of.
//
// RFC 4007, section 6: "The zone indices are strictly local to the node."
// https://www.rfc-editor.org/rfc/rfc4007#section-6
var errProxiedZone = errors.New("an IPv6 address with a zone is for this machine only, and cannot be reached through a proxy")

// route finds the way of the request: nil is the direct one.
func (x *exchange) route() (*route, error) {
	choose := x.call.Proxy
	if choose == nil {
		choose = x.c.opts.Proxy
	}
	if choose == nil || x.c.local != nil || x.c.opts.UnixSocket != "" {
		return nil, nil
	}
	scheme := "http"
	if x.call.TLS {
		scheme = "https"
	}
	u, err := choose(scheme, x.call.Host)
	x.now = clock() // it may have taken its time
	if u == nil || err != nil {
		return nil, err
	}
	s, err := x.c.proxies.get(u)
	switch {
	case err != nil:
		return nil, err
	case strings.IndexByte(x.call.Host, '%') >= 0:
		return nil, errProxiedZone
	case s.socks || x.call.TLS || x.call.Tunnel || x.call.Method == "CONNECT" || x.c.opts.ProxyTunnel || x.c.dialer.guard != nil:
		return &s.tunnel, nil
	}
	return &s.forward, nil
}

// appendHead makes the head of a call as it goes that way, in the room of dst.
//
// RFC 9112, section 3.2.2: "When making a request to a proxy, other than a CONNECT
// or server-wide OPTIONS request (as detailed below), a client MUST send the
// target URI in "absolute-form" as the request-target."
// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2-1
//
// Section 3.2.4: "If a proxy receives an OPTIONS request with an absolute-form of
// request-target in which the URI has an empty path and no query component, then
// the last proxy on the request chain MUST send a request-target of "*" when it
// forwards the request to the indicated origin server."
// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4-5
func (r *route) appendHead(dst []byte, call *Call, p *proof) []byte {
	dst = dst[:0]
	head := call.Head
	if r.tunnel {
		// What the program has put there is for a proxy; behind the tunnel is
		// the origin.
		return appendUncredited(dst, head)
	}
	if target := len(call.Method) + 1; head[target] == '/' || head[target] == '*' {
		dst = append(dst, head[:target]...)
		dst = append(dst, "http://"...)
		dst = append(dst, strings.TrimSuffix(call.Host, ":80")...)
		head = head[target:]
		if head[0] == '*' {
			head = head[1:]
		}
	}
	if !r.server.auth {
		return append(append(dst, head...), r.server.fields...)
	}
	dst = appendUncredited(dst, head)
	target, _, _ := bytes.Cut(dst[len(call.Method)+1:], []byte(" "))
	dst = r.server.prove(dst, p, call, call.Method, target)
	return append(dst, r.server.fields...)
}

// asks reports whether a proxy may ask for the user of a request that it forwards.
func (r *route) asks() bool { return r != nil && !r.tunnel && r.server.auth }

// appendUncredited appends lines of a head, without Proxy-Authorization.
func appendUncredited(dst, head []byte) []byte {
	const field = "proxy-authorization"
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n') + 1
		line := head[:end]
		head = head[end:]
		if len(line) <= len(field) || line[len(field)] != ':' || !http1.EqualFold(line[:len(field)], field) {
			dst = append(dst, line...)
		}
	}
	return dst
}
