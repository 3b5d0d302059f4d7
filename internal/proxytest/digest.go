package proxytest

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
)

// challenge is what a proxy with Options.Digest asks.
const challenge = `Digest realm="test", nonce="nonce", qop="auth", algorithm=SHA-256`

var parameter = regexp.MustCompile(`(\w+)="?([^",]*)"?`)

// digested reports whether a request proves the user by Digest.
func (p *Proxy) digested(req *http.Request) bool {
	said := map[string]string{}
	for _, m := range parameter.FindAllStringSubmatch(req.Header.Get("Proxy-Authorization"), -1) {
		said[m[1]] = m[2]
	}
	sum := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	secret := sum(p.opts.User + ":test:" + p.opts.Password)
	want := sum(secret + ":nonce:" + said["nc"] + ":" + said["cnonce"] + ":auth:" + sum(req.Method+":"+req.RequestURI))
	return said["response"] == want && said["uri"] == req.RequestURI && said["username"] == p.opts.User
}
