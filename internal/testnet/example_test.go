package testnet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func ExampleNetwork() {
	network := testnet.New()
	network.SetOptions("example.com:80", testnet.Options{
		ToClient: testnet.Fault{Kind: testnet.Reset, After: 5},
	})
	ln, err := network.Listen("example.com:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ln.Close()

	client, err := network.DialContext(context.Background(), "tcp", "example.com:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	server, err := ln.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	io.WriteString(server, "hello, world")
	got, err := io.ReadAll(client)
	fmt.Printf("%q, reset: %v\n", got, errors.Is(err, syscall.ECONNRESET))
	// Output: "hello", reset: true
}
