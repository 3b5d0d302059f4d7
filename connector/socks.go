package connector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// The octets of RFC 1928 and RFC 1929.
const (
	socksVersion = 5
	socksConnect = 1

	socksAnybody  = 0x00 // methods: no authentication
	socksPassword = 0x02 // user name and password
	socksNobody   = 0xff // none of those offered

	socksIPv4 = 1 // types of address
	socksName = 3
	socksIPv6 = 4

	socksFailed          = 1 // replies that an attempt at another address may mend
	socksNetUnreachable  = 3
	socksHostUnreachable = 4
	socksRefused         = 5
	socksExpired         = 6
)

// socksReasons says what replies mean.
//
// RFC 1928, section 6: "REP Reply field".
// https://www.rfc-editor.org/rfc/rfc1928#section-6
var socksReasons = map[byte]string{
	socksFailed:          "general failure",
	2:                    "connection not allowed by its rules",
	socksNetUnreachable:  "network unreachable",
	socksHostUnreachable: "host unreachable",
	socksRefused:         "connection refused",
	socksExpired:         "TTL expired",
	7:                    "command not supported",
	8:                    "address type not supported",
}

var (
	errNoSOCKS      = errors.New("proxy does not speak SOCKS5")
	errSOCKSIsHTTP  = errors.New("proxy does not speak SOCKS5 but HTTP: its URL begins with http://")
	errSOCKSName    = errors.New("host name of more than 255 bytes, which SOCKS5 cannot carry")
	errSOCKSMethod  = errors.New("proxy chose a way to prove oneself that was not offered")
	errSOCKSAddress = errors.New("proxy answered with an unknown type of address")
)

// socks asks a SOCKS5 proxy for a connection to target, "name:port" or
// "address:port". It works under the deadlines of whoever called it, and reads
// not an octet more than the proxy's answers.
func (s *proxyServer) socks5(conn io.ReadWriter, target string) error {
	request, err := socksRequest(target)
	if err != nil {
		return err
	}
	method, err := s.greetSOCKS(conn)
	if err != nil {
		return err
	}
	if method == socksPassword {
		if err := s.proveSOCKS(conn, target); err != nil {
			return err
		}
	} else if method != socksAnybody {
		return s.socksRefusal(target, socksNobody, s.wanting())
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	return s.socksAnswer(conn, target)
}

// greetSOCKS agrees on a method.
func (s *proxyServer) greetSOCKS(conn io.ReadWriter) (method byte, err error) {
	offer := []byte{socksVersion, 1, socksAnybody}
	if s.auth {
		offer = []byte{socksVersion, 2, socksAnybody, socksPassword}
	}
	if _, err := conn.Write(offer); err != nil {
		return 0, err
	}
	var answer [2]byte
	if err := readSOCKS(conn, answer[:]); err != nil {
		return 0, err
	}
	switch method = answer[1]; {
	case answer[0] == 'H':
		return 0, errSOCKSIsHTTP
	case answer[0] != socksVersion:
		return 0, errNoSOCKS
	case method != socksAnybody && method != socksNobody && !(s.auth && method == socksPassword):
		return 0, errSOCKSMethod
	}
	return method, nil
}

func (s *proxyServer) wanting() string {
	if s.auth {
		return "it takes neither a user and password nor nobody"
	}
	return "it wants credentials, and the proxy's URL has no user and password"
}

// proveSOCKS sends user and password, by RFC 1929. The version in its answer is
// given wrong by some servers, and tells nothing.
// https://www.rfc-editor.org/rfc/rfc1929
func (s *proxyServer) proveSOCKS(conn io.ReadWriter, target string) error {
	proof := append([]byte{1, byte(len(s.user))}, s.user...)
	proof = append(append(proof, byte(len(s.password))), s.password...)
	if _, err := conn.Write(proof); err != nil {
		return err
	}
	var answer [2]byte
	if err := readSOCKS(conn, answer[:]); err != nil {
		return err
	}
	if answer[1] != 0 {
		return s.socksRefusal(target, socksNobody, "user and password are not accepted")
	}
	return nil
}

// socksRequest renders the request for a connection.
func socksRequest(target string) ([]byte, error) {
	name, port, err := splitPort(target)
	if err != nil {
		return nil, err
	}
	request := []byte{socksVersion, socksConnect, 0}
	switch ip, err := netip.ParseAddr(name); {
	case err == nil && ip.Unmap().Is4():
		request = append(append(request, socksIPv4), ip.Unmap().AsSlice()...)
	case err == nil:
		request = append(append(request, socksIPv6), ip.AsSlice()...)
	case len(name) > 255:
		return nil, errSOCKSName
	default:
		request = append(append(request, socksName, byte(len(name))), name...)
	}
	return binary.BigEndian.AppendUint16(request, port), nil
}

// socksAnswer reads the answer to the request. The address in it is of no use.
func (s *proxyServer) socksAnswer(conn io.Reader, target string) error {
	var head [4]byte
	if err := readSOCKS(conn, head[:2]); err != nil {
		return err
	}
	switch {
	case head[0] != socksVersion:
		return errNoSOCKS
	case head[1] != 0:
		reason := socksReasons[head[1]]
		if reason == "" {
			reason = fmt.Sprintf("reply code %d", head[1])
		}
		return s.socksRefusal(target, head[1], reason)
	}
	if err := readSOCKS(conn, head[2:]); err != nil {
		return err
	}
	length := 0
	switch head[3] {
	case socksIPv4:
		length = 4
	case socksIPv6:
		length = 16
	case socksName:
		var n [1]byte
		if err := readSOCKS(conn, n[:]); err != nil {
			return err
		}
		length = int(n[0])
	default:
		return errSOCKSAddress
	}
	var bound [255 + 2]byte
	return readSOCKS(conn, bound[:length+2])
}

func (s *proxyServer) socksRefusal(target string, reply byte, reason string) error {
	return &ProxyError{Proxy: s.name, Target: target, Reply: reply, Reason: reason}
}

// readSOCKS fills p.
func readSOCKS(conn io.Reader, p []byte) error {
	_, err := io.ReadFull(conn, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errProxyMute
	}
	return err
}
