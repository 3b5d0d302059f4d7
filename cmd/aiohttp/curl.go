package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/internal/shell"
)

// printCurl prints the command by which curl does what the flags ask for.
func (a *app) printCurl(f *getFlags, session *request.Session, req aiohttp.Request) error {
	if f.link.Proxy == "" && f.link.UnixSocket == "" {
		req.Proxy = "environment" // which the session leaves to its connector
	}
	line, err := session.Curl(req)
	if err != nil {
		return err
	}
	more, err := f.curlOptions(req.URL)
	if err != nil {
		return err
	}
	if len(more) > 0 {
		line += " " + shell.Quote(more)
	}
	a.stdout.Printf("%s\n", line)
	return nil
}

// curlOptions gives curl's options for the flags that are no part of a request.
func (f *getFlags) curlOptions(target string) (args []string, err error) {
	if len(f.tls.Pins) > 0 {
		return nil, errors.New("--curl: curl has no --pin for certificates")
	}
	for _, flag := range []struct{ name, value string }{
		{"--proxy-user", f.link.ProxyUser}, {"--cert", f.tls.Cert}, {"--key", f.tls.Key}, {"--unix-socket", f.link.UnixSocket}, {"--output", f.output},
	} {
		if flag.value != "" {
			args = append(args, flag.name, flag.value)
		}
	}
	switch f.link.Proxy {
	case "", "environment":
	case "direct":
		args = append(args, "--noproxy", "*")
	default:
		args = append(args, "--proxy", f.link.Proxy)
	}
	if f.link.NoProxy != nil && f.link.Proxy != "direct" {
		args = append(args, "--noproxy", strings.Join(f.link.NoProxy, ","))
	}
	if len(f.tls.CACert) > 1 {
		return nil, errors.New("--curl: curl takes one --cacert")
	}
	for _, file := range f.tls.CACert {
		args = append(args, "--cacert", file)
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	for _, arg := range f.link.Resolve {
		host, addr, _ := strings.Cut(arg, "=")
		args = append(args, "--resolve", host+":"+port+":"+addr)
	}
	if f.include {
		args = append(args, "--include")
	}
	if f.fail {
		args = append(args, "--fail")
	}
	return args, nil
}
