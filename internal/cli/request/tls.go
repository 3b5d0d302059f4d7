package request

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp/trust"
)

// TLSFlags are the flags that say which servers to believe.
type TLSFlags struct {
	CACert   []string
	Cert     string
	Key      string
	Pins     []string
	Insecure bool
}

// Register adds the flags to set.
func (f *TLSFlags) Register(set *pflag.FlagSet) {
	set.StringArrayVar(&f.CACert, "cacert", nil, "PEM `file` of authorities to trust instead of the system's, for proxies too; repeatable")
	set.StringVar(&f.Cert, "cert", "", "PEM `file` of a client certificate, with its key unless --key is given")
	set.StringVar(&f.Key, "key", "", "PEM `file` of the client certificate's key")
	set.StringArrayVar(&f.Pins, "pin", nil, "`sha256` of a key or certificate that the chain must hold: sha256/BASE64 or hex; repeatable")
	set.BoolVarP(&f.Insecure, "insecure", "k", false, "DANGER: believe every server; what is sent and read can be seen and changed on the way")
}

// Policy gives the policy that the flags describe, nil for the default one.
func (f *TLSFlags) Policy() (*trust.Policy, error) {
	if len(f.CACert) == 0 && f.Cert == "" && f.Key == "" && len(f.Pins) == 0 && !f.Insecure {
		return nil, nil
	}
	opts := trust.Options{CAFiles: f.CACert, CertFile: f.Cert, KeyFile: f.Key, InsecureSkipVerify: f.Insecure}
	for _, text := range f.Pins {
		pin, err := trust.ParsePin(text)
		if err != nil {
			return nil, fmt.Errorf("--pin: %w", err)
		}
		opts.Pins = append(opts.Pins, pin)
	}
	return trust.New(opts)
}

// ProxyPolicy gives the policy for proxies of scheme https, nil for the default
// one: of the flags only --cacert is about them.
func (f *TLSFlags) ProxyPolicy() (*trust.Policy, error) {
	if len(f.CACert) == 0 {
		return nil, nil
	}
	return trust.New(trust.Options{CAFiles: f.CACert})
}

// Danger gives the warning that --insecure calls for, empty without it.
func (f *TLSFlags) Danger() string {
	switch {
	case !f.Insecure:
		return ""
	case len(f.Pins) > 0:
		return "--insecure: no authority is asked; servers are known by --pin only"
	}
	return "--insecure: servers are not verified; anyone on the way can read and change everything"
}
