package localca_test

import (
	"crypto/tls"
	"fmt"
	"log"

	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// A server for this machine, and a client that trusts its authority alone.
func ExampleCA_Issue() {
	ca, err := localca.New("demo authority")
	if err != nil {
		log.Fatal(err)
	}
	cert, err := ca.Issue("localhost", "127.0.0.1")
	if err != nil {
		log.Fatal(err)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		log.Fatal(err)
	}
	defer ln.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "hello")
	}()

	client := &tls.Dialer{Config: &tls.Config{RootCAs: ca.Pool()}}
	conn, err := client.Dial("tcp", ln.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, len("hello"))
	n, _ := conn.Read(buf)
	fmt.Println(string(buf[:n]))
	<-served
	// Output: hello
}
