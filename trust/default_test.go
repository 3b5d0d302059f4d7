package trust_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestDefaultNamesTheVariableThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	good := writeFile(t, filepath.Join(dir, "good.pem"), newCA(t, "Test Root").PEM())
	garbage := writeFile(t, filepath.Join(dir, "garbage.pem"), []byte("no certificate"))
	missing := filepath.Join(dir, "missing.pem")
	tests := []struct {
		name, value, source, err string
	}{
		{"good", good, "SSL_CERT_FILE=" + good, "<nil>"},
		{"missing", missing, "", "SSL_CERT_FILE=" + missing + ": no such file or directory"},
		{"garbage", garbage, "", "SSL_CERT_FILE=" + garbage + ": no certificates in it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "missing" && runtime.GOOS == "windows" {
				t.Skip("the system's text differs")
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childVariable+"=1", "SSL_CERT_FILE="+tt.value, "SSL_CERT_DIR=")
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(out), tt.source+"\n"+tt.err+"\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A policy without roots believes nobody, and tells why.
func TestNilPolicyIsTheDefault(t *testing.T) {
	var none *trust.Policy
	if none.Insecure() {
		t.Error("Insecure() = true")
	}
	cert := issue(t, newCA(t, "Stranger"), localca.Leaf{Hosts: []string{host}})
	_, err := connect(t, none, host, serverOf(cert))
	wantCertificateError(t, err, trust.UnknownIssuer, 0)

	policy, err := trust.Default()
	if err != nil {
		t.Fatal(err)
	}
	if none.ClientConfig(host, nil) != policy.ClientConfig(host, nil) {
		t.Error("the nil policy is not that of Default")
	}
	if none.Source() != policy.Source() || none.Source() == "" {
		t.Errorf("sources %q and %q", none.Source(), policy.Source())
	}
}

func TestClientWithoutRootsBelievesNobody(t *testing.T) {
	const variable = "TEST_TRUST_NO_ROOTS"
	if os.Getenv(variable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestClientWithoutRootsBelievesNobody$")
		cmd.Env = append(os.Environ(), variable+"=1", "SSL_CERT_FILE="+filepath.Join(t.TempDir(), "missing"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	client, server := testnet.Pipe()
	defer client.Close()
	defer server.Close()
	var none *trust.Policy
	_, err := none.Client(t.Context(), client, host)
	if err == nil || !strings.HasPrefix(err.Error(), "SSL_CERT_FILE=") {
		t.Errorf("Client: got %v, want the variable named", err)
	}
	if _, err := trust.New(trust.Options{}); err == nil {
		t.Error("New: no error")
	}
	if _, err := trust.New(trust.Options{InsecureSkipVerify: true}); err != nil {
		t.Errorf("New without verification: %v", err)
	}
	if config := none.ClientConfig(host, nil); config.RootCAs == nil || config.InsecureSkipVerify {
		t.Error("ClientConfig believes somebody")
	}
	cert := issue(t, newCA(t, "Test Root"), localca.Leaf{Hosts: []string{host}})
	found := none.Inspect(single(cert.Leaf), host)
	if len(found) != 1 || found[0].Problem != trust.NotTrusted || !strings.Contains(found[0].Detail, "SSL_CERT_FILE=") {
		t.Errorf("Inspect: got %v", findingTexts(found))
	}
}
