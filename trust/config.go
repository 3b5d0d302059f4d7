package trust

import (
	"crypto/tls"
	"slices"
	"strings"
	"sync"
)

// maxConfigs bounds the configurations kept. One is some 600 bytes, so that they
// stay below a megabyte; a crawler that meets more hosts makes them anew.
const maxConfigs = 1024

// ClientConfig gives the configuration for connections to host with the
// protocols of alpn offered, in the order given. host may be a name or an IP
// address, with or without port, brackets, zone and trailing dot.
//
// The result is shared and must not be changed: sessions are resumed under all
// configurations of a policy, which is safe only as long as they believe in the
// same. It serves any number of connections. If the default roots cannot be
// used it believes nobody; [Default] and [Policy.Client] tell why.
func (p *Policy) ClientConfig(host string, alpn []string) *tls.Config {
	p = p.orDefault()
	name := p.base.ServerName
	if name == "" {
		name = host
	}
	return p.configs.get(p.base, serverName(name), alpn)
}

// configCache keeps the configurations made of one base.
type configCache struct {
	mu      sync.RWMutex
	configs map[configKey]*tls.Config
}

type configKey struct {
	serverName string
	alpn       string // joined with NUL, which no protocol name contains
}

func (c *configCache) get(base *tls.Config, serverName string, alpn []string) *tls.Config {
	key := configKey{serverName, strings.Join(alpn, "\x00")}
	c.mu.RLock()
	config := c.configs[key]
	c.mu.RUnlock()
	if config != nil {
		return config
	}
	// Not as CVE-2025-68121: the clones share a session cache, but neither their
	// roots nor their checks differ.
	config = base.Clone()
	config.ServerName = serverName
	config.NextProtos = slices.Clone(alpn)

	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.configs) >= maxConfigs {
		clear(c.configs)
	}
	if c.configs == nil {
		c.configs = make(map[configKey]*tls.Config)
	}
	c.configs[key] = config
	return config
}
