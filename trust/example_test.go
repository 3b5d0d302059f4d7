package trust_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// serveTLS starts a server on the loopback that does handshakes, and gives its
// address and what stops it.
func serveTLS(config *tls.Config) (addr string, stop func()) {
	ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		log.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if conn.(*tls.Conn).Handshake() == nil {
				fmt.Fprint(conn, "hello")
			}
			conn.Close()
		}
	}()
	return ln.Addr().String(), func() { ln.Close(); <-done }
}

// dial connects to addr under the policy, and reads what the server says.
func dial(policy *trust.Policy, addr, host string) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	tlsConn, err := policy.Client(context.Background(), conn, host)
	if err != nil {
		return "", err
	}
	buf := make([]byte, 64)
	n, err := tlsConn.Read(buf)
	if err != nil {
		return "", policy.Diagnose(host, err)
	}
	return string(buf[:n]), nil
}

// A company's own authority, in a PEM file, trusted instead of all others.
func ExampleNew_ownAuthority() {
	ca, err := localca.New("Company Root")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := ca.Issue("intranet.example.com")
	if err != nil {
		log.Fatal(err)
	}
	addr, stop := serveTLS(&tls.Config{Certificates: []tls.Certificate{cert}})
	defer stop()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "company-ca.pem")
	if err := os.WriteFile(path, ca.PEM(), 0o600); err != nil {
		log.Fatal(err)
	}

	policy, err := trust.New(trust.Options{CAFiles: []string{path}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dial(policy, addr, "intranet.example.com"))
	// Output: hello <nil>
}

// A single server with a self-signed certificate, known by its key.
func ExampleNew_pin() {
	cert, err := localca.SelfSigned(localca.Leaf{Hosts: []string{"printer"}})
	if err != nil {
		log.Fatal(err)
	}
	addr, stop := serveTLS(&tls.Config{Certificates: []tls.Certificate{cert}})
	defer stop()

	pin, err := trust.ParsePin(trust.PinKey(cert.Leaf).String()) // "sha256/..."
	if err != nil {
		log.Fatal(err)
	}
	policy, err := trust.New(trust.Options{InsecureSkipVerify: true, Pins: []trust.Pin{pin}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dial(policy, addr, "printer.local"))
	fmt.Println("insecure:", policy.Insecure())
	// Output:
	// hello <nil>
	// insecure: false
}

// A server that wants to know its clients.
func ExampleNew_clientCertificate() {
	ca, err := localca.New("Company Root")
	if err != nil {
		log.Fatal(err)
	}
	serverCert, err := ca.Issue("vault.example.com")
	if err != nil {
		log.Fatal(err)
	}
	clientCert, err := ca.IssueLeaf(localca.Leaf{CommonName: "me", Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		log.Fatal(err)
	}
	addr, stop := serveTLS(&tls.Config{
		Certificates: []tls.Certificate{serverCert},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    ca.Pool(),
	})
	defer stop()

	policy, err := trust.New(trust.Options{CAPEM: ca.PEM(), Certificates: []tls.Certificate{clientCert}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dial(policy, addr, "vault.example.com"))
	stranger, err := trust.New(trust.Options{CAPEM: ca.PEM()})
	if err != nil {
		log.Fatal(err)
	}
	_, err = dial(stranger, addr, "vault.example.com")
	fmt.Println(err)
	// Output:
	// hello <nil>
	// tls with vault.example.com: the server wants a client certificate
}

// What is wrong with a certificate, and what to do.
func ExampleCertificateError() {
	ca, err := localca.New("Company Root")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := ca.Issue("www.example.com", "example.com")
	if err != nil {
		log.Fatal(err)
	}
	addr, stop := serveTLS(&tls.Config{Certificates: []tls.Certificate{cert}})
	defer stop()

	policy, err := trust.New(trust.Options{CAPEM: ca.PEM()})
	if err != nil {
		log.Fatal(err)
	}
	_, err = dial(policy, addr, "api.example.com")
	var failed *trust.CertificateError
	if errors.As(err, &failed) {
		fmt.Println(failed.Problem)
		fmt.Println(failed)
		fmt.Println(failed.Remedy())
	}
	// Output:
	// name mismatch
	// certificate of api.example.com: is for www.example.com, example.com, not for api.example.com: certificate 1 of 1, CN=www.example.com, issued by CN=Company Root
	// Check the name in the URL, and that it leads to the right server. If the server is right and only its name differs, ask for the one it has: ServerName, such as www.example.com.
}

// Both kinds of pins of a certificate in a PEM file.
func ExampleParsePin() {
	const text = `-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5
MQswCQYDVQQGEwJVUzEPMA0GA1UEChMGQW1hem9uMRkwFwYDVQQDExBBbWF6b24g
Um9vdCBDQSAzMB4XDTE1MDUyNjAwMDAwMFoXDTQwMDUyNjAwMDAwMFowOTELMAkG
A1UEBhMCVVMxDzANBgNVBAoTBkFtYXpvbjEZMBcGA1UEAxMQQW1hem9uIFJvb3Qg
Q0EgMzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCmXp8ZBf8ANm+gBG1bG8lKl
ui2yEujSLtf6ycXYqm0fc4E7O5hrOXwzpcVOho6AF2hiRVd9RFgdszflZwjrZt6j
QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgGGMB0GA1UdDgQWBBSr
ttvXBp43rDCGB5Fwx5zEGbF4wDAKBggqhkjOPQQDAgNJADBGAiEA4IWSoxe3jfkr
BqWTrBqYaGFy+uGh0PsceGCmQ5nFuMQCIQCcAu/xlJyzlvnrxir4tiz+OpAUFteM
YyRIHN8wfdVoOw==
-----END CERTIFICATE-----`
	block, _ := pem.Decode([]byte(text))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(trust.PinKey(cert))
	fmt.Println(trust.PinCertificate(cert))

	pin, err := trust.ParsePin("18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pin.Matches(cert))
	// Output:
	// sha256/NqvDJlas/GRcYbcWE8S/IceH9cq77kg0jVhZeAPXq8k=
	// 18:CE:6C:FE:7B:F1:4E:60:B2:E3:47:B8:DF:E8:68:CB:31:D0:2E:BB:3A:DA:27:15:69:F5:03:43:B4:6D:B3:A4
	// true
}
