package connector

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

type place struct {
	scheme, host string // of the URL
	addr         string
	secure       bool
	field        string // the value of the Host field
}

func (c *Connector) place(u *url.URL) (*place, error) {
	if last := c.last.Load(); last != nil && last.host == u.Host && last.scheme == u.Scheme && u.Opaque == "" {
		return last, nil
	}
	addr, secure, err := Address(u)
	if err != nil {
		return nil, err
	}
	field, err := hostField(u.Host)
	if err != nil {
		return nil, err
	}
	to := &place{u.Scheme, u.Host, addr, secure, field}
	c.last.Store(to)
	return to, nil
}

func Address(u *url.URL) (addr string, secure bool, err error) {
	var port string
	switch strings.ToLower(u.Scheme) {
	case "http":
		port = "80"
	case "https":
		port, secure = "443", true
	case "":
		return "", false, errors.New("URL without a scheme")
	default:
		if port, _, _ := strings.Cut(u.Opaque, "/"); port != "" && strings.Trim(port, "0123456789") == "" {
			// "localhost:8080/x" is a URL of the scheme "localhost"
			return "", false, fmt.Errorf("unsupported scheme %q; a host and port need \"http://\" or \"https://\" before them", u.Scheme)
		}
		return "", false, fmt.Errorf("unsupported scheme %q", u.Scheme)
	}
	host := u.Host
	if u.Opaque != "" && host == "" || host == "" || host[0] == ':' {
		return "", false, errors.New("URL without a host")
	}
	name, given := u.Hostname(), u.Port()
	if given != "" {
		port = given
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", false, fmt.Errorf("invalid port %q", port)
	}
	if err := checkName(name); err != nil {
		return "", false, err
	}
	ascii, err := asciiName(name)
	if err != nil {
		return "", false, err
	}
	if given != "" && ascii == name && len(host) == len(name)+1+len(port) {
		return host, secure, nil // as it stands, without an allocation
	}
	if strings.IndexByte(ascii, ':') >= 0 {
		ascii = "[" + ascii + "]"
	}
	return ascii + ":" + port, secure, nil
}
