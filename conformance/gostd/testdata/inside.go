// This file is shown to the go command as a part of package connector: tests of
// net/http look at the connections that rest.

package connector

import "net"

// Idle gives the resting connections and the key of each, as a Transport writes
// it: "proxy|scheme|addr".
func (c *Connector) Idle() (keys []string, conns []net.Conn) {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	for key, h := range c.pool.hosts {
		scheme := "http"
		if key.tls {
			scheme = "https"
		}
		for _, cn := range h.idle {
			keys = append(keys, "|"+scheme+"|"+key.host)
			conns = append(conns, cn.wire.Conn)
		}
	}
	return keys, conns
}
