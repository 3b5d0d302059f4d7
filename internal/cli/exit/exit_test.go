package exit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestOf(t *testing.T) {
	in := func(p connector.Phase, err error) error {
		return fmt.Errorf("get: %w", &connector.Error{Phase: p, Host: "h:80", Err: err})
	}
	tests := []struct {
		name string
		err  error
		want exit.Code
	}{
		{"nil", nil, exit.OK},
		{"unknown", errors.New("x"), exit.Failed},
		{"own", fmt.Errorf("x: %w", &exit.Error{Code: exit.Input, Err: io.EOF}), exit.Input},
		{"prepare", in(connector.PhasePrepare, io.EOF), exit.Input},
		{"dns", in(connector.PhaseDNS, io.EOF), exit.DNS},
		{"dns-alone", &net.DNSError{Name: "h"}, exit.DNS},
		{"connect", in(connector.PhaseConnect, io.EOF), exit.Connect},
		{"proxy", in(connector.PhaseProxy, &connector.ProxyError{Status: 407}), exit.Proxy},
		{"tls", in(connector.PhaseTLS, io.EOF), exit.TLS},
		{"body", in(connector.PhaseBody, io.ErrUnexpectedEOF), exit.Broken},
		{"certificate", in(connector.PhaseTLS, &trust.CertificateError{}), exit.Certificate},
		{"limit", &connector.Error{Phase: connector.PhaseDNS, Limit: "dns timeout of 10s"}, exit.Timeout},
		{"deadline", in(connector.PhaseBody, context.DeadlineExceeded), exit.Timeout},
		{"redirects", in(connector.PhaseHead, fmt.Errorf("%w: 2", aiohttp.ErrTooManyRedirects)), exit.Redirects},
		{"too-large", fmt.Errorf("get: %w", aiohttp.ErrBodyTooLarge), exit.TooLarge},
		{"bomb", in(connector.PhaseBody, &coding.BombError{}), exit.TooLarge},
		{"store", &fetch.StoreError{Op: "write", Path: "f", Err: io.ErrShortWrite}, exit.Write},
		{"file", &fs.PathError{Op: "open", Path: "f", Err: fs.ErrPermission}, exit.Write},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := exit.Of(tt.err); got != tt.want {
				t.Errorf("Of(%v) = %d, want %d", tt.err, got, tt.want)
			}
		})
	}
}

func TestTableIsSortedAndSaysSomething(t *testing.T) {
	last := exit.Code(-1)
	for _, row := range exit.Table {
		if row.Code <= last || row.Meaning == "" {
			t.Errorf("row %d %q after %d", row.Code, row.Meaning, last)
		}
		last = row.Code
	}
}

func TestErrorText(t *testing.T) {
	silent := &exit.Error{Code: exit.TLS}
	if got := silent.Error(); got != "exit 35" {
		t.Errorf("got %q", got)
	}
	loud := &exit.Error{Code: exit.TLS, Err: io.EOF}
	if got := loud.Error(); got != "EOF" || !errors.Is(loud, io.EOF) {
		t.Errorf("got %q", got)
	}
}
