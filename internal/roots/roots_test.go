package roots_test

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/roots"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

func newCA(t *testing.T) *localca.CA {
	t.Helper()
	ca, err := localca.New("Root")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func writeFile(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEmbeddedHoldsTheRootsOfMozilla(t *testing.T) {
	// golang/go#43958, #69898, s3www#7: a machine without roots believes nobody.
	set, err := roots.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if set.From != roots.FromEmbedded {
		t.Errorf("From = %q, want %q", set.From, roots.FromEmbedded)
	}
	if set.Pool.Equal(x509.NewCertPool()) {
		t.Fatal("the pool is empty")
	}
	again, err := roots.Embedded()
	if err != nil || again.Pool != set.Pool {
		t.Error("the bundle is parsed twice")
	}
}

func TestLoadChoosesTheRoots(t *testing.T) {
	system, named, other := newCA(t), newCA(t), newCA(t)
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "named.pem"), named.PEM())
	certDir := filepath.Join(dir, "certs")
	if err := os.Mkdir(certDir, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(certDir, "other.pem"), other.PEM())
	writeFile(t, filepath.Join(certDir, "README"), []byte("no certificate"))
	embedded, err := roots.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	both := x509.NewCertPool()
	both.AppendCertsFromPEM(named.PEM())
	both.AppendCertsFromPEM(other.PEM())
	list := filepath.Join(dir, "missing") + string(os.PathListSeparator) + certDir

	tests := []struct {
		name   string
		system roots.System
		want   *x509.CertPool
		from   string
	}{
		{
			"the system's where it has some",
			roots.System{Pool: system.Pool(), ReadsEnv: true},
			system.Pool(), roots.FromSystem,
		},
		{
			"embedded where the system has none",
			roots.System{Pool: x509.NewCertPool(), ReadsEnv: true},
			embedded.Pool, roots.FromEmbedded,
		},
		{
			"embedded where the system's cannot be read",
			roots.System{Err: fs.ErrPermission, ReadsEnv: true},
			embedded.Pool, roots.FromEmbedded,
		},
		{
			"the variable is left to a system that reads it",
			roots.System{CertFile: file, Pool: system.Pool(), ReadsEnv: true},
			system.Pool(), "SSL_CERT_FILE=" + file,
		},
		{
			"the variable replaces the platform's verifier",
			roots.System{CertFile: file, Pool: system.Pool()},
			named.Pool(), "SSL_CERT_FILE=" + file,
		},
		{
			"a directory of a list replaces the platform's verifier",
			roots.System{CertDir: list, Pool: system.Pool()},
			other.Pool(), "SSL_CERT_DIR=" + list,
		},
		{
			"both variables add up",
			roots.System{CertFile: file, CertDir: certDir, Pool: system.Pool()},
			both, "SSL_CERT_FILE=" + file + " SSL_CERT_DIR=" + certDir,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := roots.Load(tt.system)
			if err != nil {
				t.Fatal(err)
			}
			if !set.Pool.Equal(tt.want) {
				t.Error("wrong roots")
			}
			if set.From != tt.from {
				t.Errorf("From = %q, want %q", set.From, tt.from)
			}
		})
	}
}

func TestLoadNamesTheVariableThatCannotBeUsed(t *testing.T) {
	// aio-libs/aiohttp#955, aio-libs/aiohttp#3180: SSL_CERT_FILE is ignored without a word.
	system := newCA(t).Pool()
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	garbage := writeFile(t, filepath.Join(dir, "garbage.pem"), []byte("-----BEGIN CERTIFICATE-----\n!\n"))
	empty := t.TempDir()
	good := writeFile(t, filepath.Join(dir, "good.pem"), newCA(t).PEM())

	tests := []struct {
		name           string
		file, dirs     string
		variable, path string
		notExist       bool
	}{
		{"file missing", missing, "", "SSL_CERT_FILE", missing, true},
		{"file without certificates", garbage, "", "SSL_CERT_FILE", garbage, false},
		{"file is a directory", dir, "", "SSL_CERT_FILE", dir, false},
		{"directory missing", "", missing, "SSL_CERT_DIR", missing, true},
		{"directory is a file", "", good, "SSL_CERT_DIR", good, false},
		{"directory empty", "", empty, "SSL_CERT_DIR", empty, false},
		{"good file but directory missing", good, missing, "SSL_CERT_DIR", missing, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := roots.Load(roots.System{CertFile: tt.file, CertDir: tt.dirs, Pool: system})
			var failed *roots.Error
			if !errors.As(err, &failed) {
				t.Fatalf("got %v from %q, want a *roots.Error", err, set.From)
			}
			if failed.Variable != tt.variable || failed.Path != tt.path {
				t.Errorf("got %s=%s, want %s=%s", failed.Variable, failed.Path, tt.variable, tt.path)
			}
			if got := errors.Is(err, fs.ErrNotExist); got != tt.notExist {
				t.Errorf("is fs.ErrNotExist: got %v, want %v", got, tt.notExist)
			}
			if n := strings.Count(err.Error(), tt.path); n != 1 {
				t.Errorf("the path stands %d times in %q", n, err)
			}
		})
	}
}

// An empty list that was asked for is not silently made a full one.
func TestLoadDoesNotEmbedWhatAVariableReplaced(t *testing.T) {
	set, err := roots.Load(roots.System{CertDir: t.TempDir(), Pool: x509.NewCertPool(), ReadsEnv: true})
	if err == nil {
		t.Errorf("got roots from %q, want an error", set.From)
	}
}
