package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/internal/cli/doctor"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	tls     request.TLSFlags
	link    request.LinkFlags
	timeout time.Duration
	asJSON  bool
}

func (a *app) doctorCommand() *cobra.Command {
	f := &doctorFlags{}
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Take a connection apart and tell what is wrong with it",
		Long: `doctor looks at every step of a connection: what DNS answers, whether each
address accepts connections, what TLS agrees on, each certificate of the chain
with what is wrong with it and how to mend it, what the server answers to a GET,
how far its clock is from ours. Where a proxy is in the way, all of it is seen
through the proxy, and the addresses are the proxy's.

The exit code is that of the worst finding: 0 when there is none worse than a
note, 6 for DNS, 7 for the connection, 28 for a time-out, 35 for TLS, 60 for a
certificate, 4 or 5 for a status of 4xx or 5xx, 1 for any other warning.`,
		Example: `  aiohttp doctor https://expired.badssl.com
  aiohttp doctor intranet.example.com:8443 --cacert company-ca.pem
  aiohttp doctor https://example.com --json | jq .findings`,
		Args: oneArg("URL"),
		RunE: a.action(func(ctx context.Context, args []string) error { return a.doctor(ctx, f, args[0]) }),
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.BoolVar(&f.asJSON, "json", false, "print the report as a JSON object")
	set.DurationVar(&f.timeout, "timeout", doctor.DefaultTimeout, "`time` for each step")
	f.tls.Register(set)
	f.link.RegisterWay(set)
	return cmd
}

func (a *app) doctor(ctx context.Context, f *doctorFlags, target string) error {
	u, err := parseTarget(target)
	if err != nil {
		return inputf("doctor: %w", err)
	}
	policy, err := f.tls.Policy()
	if err != nil {
		return inputf("doctor: %w", err)
	}
	resolver, err := f.link.Resolver()
	if err != nil {
		return inputf("doctor: %w", err)
	}
	way, err := f.link.Way(os.LookupEnv)
	if err != nil {
		return inputf("doctor: %w", err)
	}
	proxies, err := f.tls.ProxyPolicy()
	if err != nil {
		return inputf("doctor: %w", err)
	}
	proof, err := f.link.ProxyAuth()
	if err != nil {
		return inputf("doctor: %w", err)
	}
	if text := f.tls.Danger(); text != "" {
		a.log.warn("%s", text)
	}
	report := doctor.Examine(ctx, u, doctor.Options{Policy: policy, Resolver: resolver, Proxy: way, ProxyPolicy: proxies,
		ProxyAuth: proof, Timeout: f.timeout, Lookup: os.LookupEnv})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if f.asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(report); err != nil {
			return err
		}
	} else {
		doctor.Print(a.stdout, report)
	}
	if report.Code != exit.OK {
		return &exit.Error{Code: report.Code}
	}
	return nil
}

func parseTarget(target string) (*url.URL, error) {
	full, err := request.ParseURL(target)
	if err != nil {
		return nil, err
	}
	return url.Parse(full)
}
