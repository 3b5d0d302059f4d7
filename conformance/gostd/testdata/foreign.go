// This file is shown to the go command as a part of net/http: it hands the
// requests of a Transport over to another engine.

package http

import (
	"net"
	"slices"
	"strings"
)

// Foreign is the other engine; nil leaves everything to the Transport.
var Foreign interface {
	RoundTrip(*Transport, *Request) (*Response, error)
	CloseIdleConnections(*Transport)
	// Idle gives the resting connections and the key of each, in the Transport's
	// own notation; ok is false when it has sent nothing for this Transport.
	Idle(*Transport) (keys []string, conns []net.Conn, ok bool)
	// Passed says that a request was left to the Transport.
	Passed(why rune)
}

// Why a request was left to the Transport.
const (
	passedProtocol = 'h' // HTTP/2, or what RegisterProtocol has brought
	passedProxy    = 'p'
	passedTLS      = 't' // DialTLS
)

// foreign reports whether a request goes to the other engine.
func (t *Transport) foreign(req *Request) bool {
	if Foreign == nil {
		return false
	}
	why := t.passes(req)
	if why != 0 {
		Foreign.Passed(why)
	}
	return why == 0
}

func (t *Transport) passes(req *Request) rune {
	t.nextProtoOnce.Do(t.onceSetNextProtoDefaults)
	if req.URL == nil {
		return 0
	}
	if t.alternateRoundTripper(req) != nil || !t.protocols().HTTP1() {
		return passedProtocol
	}
	if req.URL.Scheme == "https" && t.hasCustomTLSDialer() {
		return passedTLS
	}
	if t.Proxy != nil {
		if proxy, err := t.Proxy(req); proxy != nil || err != nil {
			return passedProxy
		}
	}
	return 0
}

func foreignKeys(t *Transport) ([]string, bool) {
	if Foreign == nil {
		return nil, false
	}
	keys, _, ok := Foreign.Idle(t)
	slices.Sort(keys)
	return keys, ok
}

func foreignConns(t *Transport) ([]net.Conn, bool) {
	if Foreign == nil {
		return nil, false
	}
	_, conns, ok := Foreign.Idle(t)
	return conns, ok
}

func foreignCount(t *Transport, scheme, addr string) (n int, ok bool) {
	keys, ok := foreignKeys(t)
	for _, key := range keys {
		if strings.HasSuffix(key, "|"+scheme+"|"+addr) {
			n++
		}
	}
	return n, ok
}

func foreignStrings(t *Transport) ([]string, bool) {
	conns, ok := foreignConns(t)
	var ret []string
	for _, c := range conns {
		ret = append(ret, c.LocalAddr().String()+"/"+c.RemoteAddr().String())
	}
	slices.Sort(ret)
	return ret, ok
}
