package aiohttp

import (
	"errors"
	"fmt"
	"sync"

	"github.com/aiohttp-go/aiohttp/connector"
)

// errProxyAuthTwice says that what a given connector does cannot be changed by a
// session: it remembers what each proxy has asked for, for all its sessions.
var errProxyAuthTwice = errors.New("invalid Options.ProxyAuth: with Options.Connector it is an option of that")

// parseProxy reads Options.Proxy or Request.Proxy; nil stands for no text.
func parseProxy(text string) (connector.Proxy, error) {
	if text == "" {
		return nil, nil
	}
	return connector.ParseProxy(text)
}

// proxyCache remembers the proxies that requests have named, so that each is
// parsed once.
type proxyCache struct {
	mu sync.RWMutex
	m  map[string]connector.Proxy
}

// proxyCacheSize bounds the cache; a session whose requests name more proxies
// starts it anew.
const proxyCacheSize = 1024

// proxyOf gives the proxy of a request that names one by text; nil leaves the
// choice to the connector.
func (s *Session) proxyOf(text string) (connector.Proxy, error) {
	if text == "" {
		return s.proxy, nil
	}
	return s.proxies.get(text)
}

func (c *proxyCache) get(text string) (connector.Proxy, error) {
	c.mu.RLock()
	p := c.m[text]
	c.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	p, err := connector.ParseProxy(text)
	if err != nil {
		return nil, fmt.Errorf("invalid Request.Proxy: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= proxyCacheSize {
		c.m = make(map[string]connector.Proxy)
	}
	c.m[text] = p
	return p, nil
}
