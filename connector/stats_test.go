package connector_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestHostStatsSumUpOverTLSSettings(t *testing.T) {
	c := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) })})
	defer c.Close()
	other, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	open := func(host string, tls bool, policy *trust.Policy) *connector.Reply {
		reply := new(connector.Reply)
		call := &connector.Call{Method: "GET", Host: host, TLS: tls, Policy: policy, Head: []byte("GET / HTTP/1.1\r\nHost: a\r\n")}
		if err := c.Do(t.Context(), call, reply); err != nil {
			t.Fatal(err)
		}
		return reply
	}
	replies := []*connector.Reply{open("b.test:443", true, nil), open("b.test:443", true, other), open("b.test:443", false, nil), open("a.test:80", false, nil)}
	diff(t, c.HostStats(), []connector.HostStats{
		{Host: "a.test:80", Open: 1}, {Host: "b.test:443", Open: 1}, {Host: "b.test:443", TLS: true, Open: 2},
	})
	io.Copy(io.Discard, replies[1])
	for _, reply := range replies {
		reply.Close()
	}
	diff(t, c.HostStats(), []connector.HostStats{{Host: "b.test:443", TLS: true, Open: 1, Idle: 1}})
}
