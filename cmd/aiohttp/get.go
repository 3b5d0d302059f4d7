package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/answer"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/waterfall"
)

// getFlags are the flags of get.
type getFlags struct {
	request request.Flags
	tls     request.TLSFlags
	link    request.LinkFlags

	output       string
	include      bool
	verbose      bool
	timeline     bool
	asJSON       bool
	fail         bool
	curl         bool
	timeout      time.Duration
	maxRedirects int
	noRedirect   bool
}

func (a *app) getCommand() *cobra.Command {
	f := &getFlags{}
	cmd := &cobra.Command{
		Use:   "get URL",
		Short: "Send one request and print the response",
		Long: `get sends one request and prints the body of the response to stdout; on a
terminal JSON is indented and coloured, and binary data is not shown. Redirects
are followed. A URL without a scheme is taken as https, or http for this
machine.

Any response at all makes the exit code 0, unless --fail is given; see
"aiohttp help exit-codes".`,
		Example: `  aiohttp get https://peps.python.org/pep-8010/ -o pep-8010.html
  aiohttp get localhost:8080/post --json '{"title": "hello"}'
  aiohttp get https://example.com --timeline -v
  aiohttp get localhost:8080/anything -X PUT -d @picture.png --as-json`,
		Args: oneArg("URL"),
		RunE: a.action(func(ctx context.Context, args []string) error { return a.get(ctx, f, args[0]) }),
	}
	f.register(cmd.Flags())
	cmd.PreRunE = exclusive("as-json", "include", "output", "head")
	return cmd
}

func (f *getFlags) register(set *pflag.FlagSet) {
	set.SortFlags = false
	f.request.Register(set)
	set.StringVarP(&f.output, "output", "o", "", "write the body to `file`, which appears when it is whole; - is stdout, binary or not")
	set.BoolVarP(&f.include, "include", "i", false, "print the head of the response before the body")
	set.BoolVar(&f.asJSON, "as-json", false, "print the whole response as one JSON object: status, headers, timings, body")
	set.BoolVarP(&f.fail, "fail", "f", false, "exit with 4 for a status of 4xx and 5 for one of 5xx")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "tell about the connection and show both heads on stderr, secrets masked")
	set.BoolVar(&f.timeline, "timeline", false, "draw on stderr where the time went: DNS, connect, TLS, send, wait, receive")
	set.BoolVar(&f.curl, "curl", false, "print the request as a command for curl, secrets and all, and send nothing")
	set.DurationVar(&f.timeout, "timeout", 0, "`time` for everything together, e.g. 30s; without it only stalls end a request")
	set.IntVar(&f.maxRedirects, "max-redirects", 10, "follow at most `n` redirects; 0 is --no-redirect")
	set.BoolVar(&f.noRedirect, "no-redirect", false, "print a redirect instead of following it")
	f.tls.Register(set)
	f.link.Register(set)
}

// get is the whole subcommand.
func (a *app) get(ctx context.Context, f *getFlags, target string) error {
	req, err := f.request.Build(target, a.stdin)
	if err != nil {
		return inputf("get: %w", err)
	}
	session, err := f.session()
	if err != nil {
		return inputf("get: %w", err)
	}
	defer session.Close()
	if text := f.tls.Danger(); text != "" {
		a.log.warn("%s", text)
	}
	if f.curl {
		if err := a.printCurl(f, session, req); err != nil {
			return inputf("get: %w", err)
		}
		return nil
	}
	var timings connector.Timings
	req.Timings = &timings
	if f.verbose {
		a.showRequest(&req)
	}
	resp, err := session.Do(ctx, req)
	if err != nil {
		return err
	}
	if f.verbose {
		a.showResponse(resp, &timings)
	}
	if err := a.printResponse(f, resp, &timings); err != nil {
		return bodyError(resp, err)
	}
	if f.timeline {
		waterfall.Write(a.stderr, timings)
	}
	return f.judge(resp)
}

// session makes the session that the flags describe.
func (f *getFlags) session() (*request.Session, error) {
	policy, err := f.tls.Policy()
	if err != nil {
		return nil, err
	}
	proxies, err := f.tls.ProxyPolicy()
	if err != nil {
		return nil, err
	}
	opts := aiohttp.Options{TLS: policy, MaxRedirects: f.maxRedirects}
	if f.noRedirect || f.maxRedirects <= 0 {
		opts.MaxRedirects = -1
	}
	opts.Timeouts.Total = f.timeout
	return f.link.Session(opts, proxies)
}

// printResponse writes what was asked for to stdout or to the file.
func (a *app) printResponse(f *getFlags, resp *aiohttp.Response, t *connector.Timings) error {
	switch {
	case f.asJSON:
		return answer.Write(a.stdout, resp, t)
	case f.request.Head:
		answer.Head(a.stdout, resp, "", false)
		return resp.Close()
	}
	if f.include {
		answer.Head(a.stdout, resp, "", false)
	}
	if f.output == "" || f.output == "-" {
		return answer.Body(a.stdout, resp, f.output == "-")
	}
	n, err := resp.Save(f.output)
	if err == nil && f.verbose {
		a.log.note("* %d bytes written to %s", n, f.output)
	}
	return err
}

// judge gives the exit code that --fail asks for.
func (f *getFlags) judge(resp *aiohttp.Response) error {
	if !f.fail || resp.Status < 400 {
		return nil
	}
	code := exit.ClientError
	if resp.Status >= 500 {
		code = exit.ServerError
	}
	return &exit.Error{Code: code, Err: fmt.Errorf("%s %q: status %d %s", strings.ToLower(resp.Method()),
		aiohttp.MaskURL(resp.URL().String()), resp.Status, http.StatusText(resp.Status))}
}

// showRequest prints the head that is about to be sent.
func (a *app) showRequest(req *aiohttp.Request) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return
	}
	query := u.Query()
	for name, values := range req.Query {
		query[name] = append(query[name], values...)
	}
	if len(req.Query) > 0 {
		u.RawQuery = query.Encode()
	}
	answer.RequestHead(a.stderr, req.Method, u.RequestURI(), u.Host, req.Header, a.stderr.Paint(tty.Dim, ">")+" ")
}

// showResponse prints the connection and the heads of the response and of the
// redirects before it.
func (a *app) showResponse(resp *aiohttp.Response, t *connector.Timings) {
	answer.Connection(a.stderr, resp, t)
	prefix := a.stderr.Paint(tty.Dim, "<") + " "
	for _, r := range resp.History() {
		answer.Head(a.stderr, r, prefix, true)
	}
	answer.Head(a.stderr, resp, prefix, true)
}

// bodyError says what was asked for, in the form that the session's errors have, where
// err does not.
func bodyError(resp *aiohttp.Response, err error) error {
	if _, ok := errors.AsType[*url.Error](err); ok {
		return err
	}
	err = fmt.Errorf("%s %q: %w", strings.ToLower(resp.Method()), aiohttp.MaskURL(resp.URL().String()), err)
	if errors.Is(err, answer.ErrBinary) {
		return &exit.Error{Code: exit.Write, Err: err,
			Hint: "-o FILE writes it to a file, -o - to the terminal all the same"}
	}
	return err
}
