//go:build unix

package proxies_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The user and password that proxies with users know, and names: that of the
// origin, and of a host that squid and tinyproxy refuse.
const (
	user     = "tester"
	password = "correct-horse"
	origin   = "origin.test"
	refused  = "refused.test"
)

// peer is a proxy program in one of its roles.
type peer struct {
	name    string
	schemes []string // of URLs that lead to it
	users   bool     // it can be started with users
	refuses bool     // it can be told to refuse a destination
	reuses  bool     // it keeps connections of forwarded requests open
	start   func(t *testing.T, p place) (port int)
}

// place is what a proxy is started for.
type place struct {
	users    bool
	digest   bool // squid's users are to prove themselves by Digest
	dir      string
	shutPort string // the port that dante refuses
	cert     string
	key      string
}

var peers = []peer{
	{"squid", []string{"http"}, true, true, true, func(t *testing.T, p place) int { return startSquid(t, p, false) }},
	{"squid-tls", []string{"https"}, true, true, true, func(t *testing.T, p place) int { return startSquid(t, p, true) }},
	{"tinyproxy", []string{"http"}, true, true, false, startTinyproxy},
	{"dante", []string{"socks5", "socks5h"}, true, true, true, startDante},
	{"microsocks", []string{"socks5", "socks5h"}, true, false, true, startMicrosocks},
}

// startSquid starts squid, in the clear or inside TLS.
func startSquid(t *testing.T, p place, secure bool) int {
	t.Helper()
	port := freePort(t)
	listen := fmt.Sprintf("http_port 127.0.0.1:%d", port)
	if secure {
		listen = fmt.Sprintf("https_port 127.0.0.1:%d tls-cert=%s tls-key=%s", port, p.cert, p.key)
	}
	access := "http_access allow all\n"
	switch {
	case p.digest:
		known := write(t, p.dir, "digests", user+":"+realm+":"+hashed+"\n")
		access = "auth_param digest program /usr/lib/squid/digest_file_auth -c " + known + "\nauth_param digest children 1\n" +
			"auth_param digest realm " + realm + "\nauth_param digest nonce_max_count 20\n" + knownOnly
	case p.users:
		known := write(t, p.dir, "users", user+":"+crypted+"\n")
		access = "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + known + "\nauth_param basic children 1\n" + knownOnly
	}
	hosts := write(t, p.dir, "hosts", hostsFile)
	conf := write(t, p.dir, "squid.conf", listen+"\n"+
		"pid_filename "+filepath.Join(p.dir, "pid")+"\n"+
		"hosts_file "+hosts+"\n"+
		"cache_log "+filepath.Join(p.dir, "cache.log")+"\n"+
		"coredump_dir "+p.dir+"\n"+
		"access_log none\ncache_store_log none\ncache deny all\npinger_enable off\n"+
		"shutdown_lifetime 0\nvisible_hostname proxy.test\ndns_nameservers 127.0.0.1\n"+
		"acl refused dstdomain -n "+refused+"\nhttp_access deny refused\n"+access)
	start(t, nil, []int{port}, "squid", "-N", "-n", "test"+strconv.Itoa(port), "-f", conf)
	return port
}

// knownOnly lets squid take the known users' requests.
const knownOnly = "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"

// realm is squid's for Digest, and hashed the user's H(A1) there: md5sum of
// "tester:proxy.test:correct-horse".
const (
	realm  = "proxy.test"
	hashed = "af015ee53f266106248bca065a8be38c"
)

// hostsFile gives the names of the tests.
const hostsFile = "127.0.0.1 " + origin + "\n127.0.0.1 " + refused + "\n127.0.0.1 localhost\n"

// names gives the environment in which a program finds them.
func (p place) names(t *testing.T) []string {
	t.Helper()
	if !wrapped() {
		t.Skipf("%s is not installed; CI=true or TEST_INSTALL=1 installs it", wrapper)
	}
	return []string{"LD_PRELOAD=" + wrapper, "NSS_WRAPPER_HOSTS=" + write(t, p.dir, "hosts", hostsFile)}
}

func startTinyproxy(t *testing.T, p place) int {
	t.Helper()
	port := freePort(t)
	access := ""
	if p.users {
		access = "BasicAuth " + user + " " + password + "\n"
	}
	filter := write(t, p.dir, "filter", "refused\\.test\n")
	conf := write(t, p.dir, "tinyproxy.conf", fmt.Sprintf("Port %d\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\nFilter \"%s\"\n%s", port, filter, access))
	start(t, p.names(t), []int{port}, "tinyproxy", "-d", "-c", conf)
	return port
}

// startDante starts dante. What it refuses is the port that the origin has for
// that.
func startDante(t *testing.T, p place) int {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("dante wants to be started by root")
	}
	port := freePort(t)
	env, method := p.names(t), "none"
	if p.users {
		method = "username"
		env = append(env,
			"NSS_WRAPPER_PASSWD="+write(t, p.dir, "passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"+user+":"+crypted+":1234:1234::/:/bin/false\n"),
			"NSS_WRAPPER_GROUP="+write(t, p.dir, "group", "root:x:0:\nnogroup:x:65534:\n"+user+":x:1234:\n"),
			"NSS_WRAPPER_SHADOW="+write(t, p.dir, "shadow", user+":"+crypted+":19000:0:99999:7:::\n"))
	}
	conf := write(t, p.dir, "danted.conf", fmt.Sprintf(`logoutput: stderr
internal: 127.0.0.1 port = %d
external: lo
socksmethod: %s
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 port = %s }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0
	command: connect
	protocol: tcp
}
socks pass { from: 0.0.0.0/0 to: 0::/0
	command: connect
	protocol: tcp
}
`, port, method, p.shutPort))
	start(t, env, []int{port}, "danted", "-f", conf, "-p", filepath.Join(p.dir, "pid"))
	return port
}

// crypted is password by crypt(3): openssl passwd -6 -salt saltsalt correct-horse.
const crypted = "$6$saltsalt$K7UFl//Wp07xMvFGF5CNr3JVL52HTe9O9C8NXwEvinkuKFSKIlvZQXSwQoNHq5D.BYsXc7IkvOpvWCBRDof1g1"

func startMicrosocks(t *testing.T, p place) int {
	t.Helper()
	port := freePort(t)
	args := []string{"-i", "127.0.0.1", "-p", strconv.Itoa(port)}
	if p.users {
		args = append(args, "-u", user, "-P", password)
	}
	start(t, p.names(t), []int{port}, "microsocks", args...)
	return port
}
