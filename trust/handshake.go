package trust

import (
	"crypto/tls"
	"errors"
	"math"
	"net"
	"strconv"
	"strings"
)

// The alerts that we can say more about than their names.
// https://www.rfc-editor.org/rfc/rfc8446#section-6.2
const (
	alertHandshakeFailure       tls.AlertError = 40
	alertBadCertificate         tls.AlertError = 42
	alertUnsupportedCertificate tls.AlertError = 43
	alertCertificateRevoked     tls.AlertError = 44
	alertCertificateExpired     tls.AlertError = 45
	alertCertificateUnknown     tls.AlertError = 46
	alertUnknownCA              tls.AlertError = 48
	alertAccessDenied           tls.AlertError = 49
	alertProtocolVersion        tls.AlertError = 70
	alertInsufficientSecurity   tls.AlertError = 71
	alertUnrecognizedName       tls.AlertError = 112
	alertCertificateRequired    tls.AlertError = 116
	alertNoApplicationProtocol  tls.AlertError = 120
)

// alertProblems tells what a server means by an alert.
var alertProblems = map[tls.AlertError]Problem{
	alertHandshakeFailure:       NoCommonCipher,
	alertInsufficientSecurity:   NoCommonCipher,
	alertBadCertificate:         CertificateRefused,
	alertUnsupportedCertificate: CertificateRefused,
	alertCertificateRevoked:     CertificateRefused,
	alertCertificateExpired:     CertificateRefused,
	alertCertificateUnknown:     CertificateRefused,
	alertUnknownCA:              CertificateRefused,
	alertAccessDenied:           CertificateRefused,
	alertProtocolVersion:        OldProtocol,
	alertUnrecognizedName:       UnknownName,
	alertCertificateRequired:    CertificateRequired,
	alertNoApplicationProtocol:  NoCommonALPN,
}

// banners are how servers of other protocols begin to speak, in the five bytes
// that crypto/tls takes for the header of a record.
var banners = []struct{ prefix, protocol string }{
	{"SSH-", "SSH"},
	{"220 ", "SMTP or FTP"},
	{"220-", "SMTP or FTP"},
	{"+OK", "POP3"},
	{"* OK", "IMAP"},
	{"RFB ", "VNC"},
}

// versionText is how the error of crypto/tls begins for a server that goes on
// with a version which was not offered; the version follows in hexadecimal.
const versionText = "tls: server selected unsupported protocol version "

// handshakeError gives what err says of a handshake, or nil if it is not about
// TLS. Certificates are not its matter.
func handshakeError(host string, err error) error {
	failed := &HandshakeError{Host: host, Err: err}
	if header, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		failed.Problem, failed.Detail = spoken(header.RecordHeader)
		return failed
	}
	if alert, ok := remoteAlert(err); ok {
		failed.Alert = alert
		failed.Problem = alertProblems[alert]
		reason := strings.TrimPrefix(alert.Error(), "tls: ")
		switch failed.Problem {
		case CertificateRefused:
			failed.Detail = reason
		case Fine:
			failed.Problem, failed.Detail = HandshakeFailed, "the server gave up: "+reason
		}
		return failed
	}
	text := err.Error()
	if version, ok := strings.CutPrefix(text, versionText); ok {
		failed.Problem = OldProtocol
		if number, err := strconv.ParseUint(version, 16, 16); err == nil {
			failed.Detail = "it chose " + tls.VersionName(uint16(number))
		}
		return failed
	}
	text = strings.TrimPrefix(text, "local error: ")
	if reason, ok := strings.CutPrefix(text, "tls: "); ok {
		failed.Problem, failed.Detail = HandshakeFailed, clean(reason)
		return failed
	}
	return nil
}

// spoken tells what a peer speaks that does not speak TLS.
func spoken(header [5]byte) (Problem, string) {
	text := string(header[:])
	if text == "HTTP/" {
		return PlainHTTP, ""
	}
	for _, banner := range banners {
		if strings.HasPrefix(text, banner.prefix) {
			return NotTLS, "it speaks " + banner.protocol
		}
	}
	return NotTLS, ""
}

// remoteAlert gives the alert that the peer sent. Outside of QUIC crypto/tls
// keeps it in a type of its own, of which only the text can be had.
func remoteAlert(err error) (tls.AlertError, bool) {
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return alert, true
	}
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return 0, false
	}
	text := remote.Err.Error()
	for code := range math.MaxUint8 + 1 {
		if alert := tls.AlertError(code); alert.Error() == text {
			return alert, true
		}
	}
	return 0, false
}
