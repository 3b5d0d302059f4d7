package proxytest

import (
	"encoding/binary"
	"io"
	"net"
	"strconv"
)

// socks serves one client by RFC 1928 and RFC 1929.
func (p *Proxy) socks(client *peeked) {
	if !p.letIn(client) {
		return
	}
	var head [4]byte
	if _, err := io.ReadFull(client, head[:]); err != nil {
		return
	}
	host := make([]byte, map[byte]int{1: net.IPv4len, 4: net.IPv6len}[head[3]])
	if head[3] == 3 {
		n, err := client.r.ReadByte()
		if err != nil {
			return
		}
		host = make([]byte, n)
	}
	var port [2]byte
	if _, err := io.ReadFull(client, host); err != nil {
		return
	}
	if _, err := io.ReadFull(client, port[:]); err != nil {
		return
	}
	name := string(host)
	if head[3] != 3 {
		name = net.IP(host).String()
	}
	target := net.JoinHostPort(name, strconv.Itoa(int(binary.BigEndian.Uint16(port[:]))))
	p.note(Seen{Kind: "socks", Target: target})
	if p.opts.Refuse != nil {
		if code := p.opts.Refuse(target); code != 0 {
			client.Write([]byte{5, byte(code), 0, 1, 0, 0, 0, 0, 0, 0})
			return
		}
	}
	p.tunnel(client, target, func(ok bool) error {
		reply := byte(0)
		if !ok {
			reply = 5
		}
		_, err := client.Write([]byte{5, reply, 0, 1, 0, 0, 0, 0, 0, 0})
		return err
	})
}

// letIn does the greeting.
func (p *Proxy) letIn(client *peeked) bool {
	var head [2]byte
	if _, err := io.ReadFull(client, head[:]); err != nil {
		return false
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(client, methods); err != nil {
		return false
	}
	want := byte(0)
	if p.opts.User != "" {
		want = 2
	}
	for _, m := range methods {
		if m == want {
			client.Write([]byte{5, want})
			return want == 0 || p.proven(client)
		}
	}
	client.Write([]byte{5, 0xff})
	return false
}

// proven checks user and password.
func (p *Proxy) proven(client *peeked) bool {
	var texts [2]string
	client.r.ReadByte() // the version
	for i := range texts {
		n, err := client.r.ReadByte()
		if err != nil {
			return false
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(client, text); err != nil {
			return false
		}
		texts[i] = string(text)
	}
	ok := texts == [2]string{p.opts.User, p.opts.Password}
	status := byte(1)
	if ok {
		status = 0
	}
	_, err := client.Write([]byte{1, status})
	return ok && err == nil
}
