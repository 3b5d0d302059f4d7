package trust

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// Remedy says in one to three sentences what to do about the error. Names such
// as CAFiles are fields of [Options], names such as --cacert are flags of the
// command.
func (e *CertificateError) Remedy() string {
	switch e.Problem {
	case Expired:
		return "Ask the owner of the server to renew the certificate. " + e.clock() + " " + e.pinAdvice()
	case NotYetValid:
		return e.clock() + " Else wait, or ask the owner of the server for the certificate before it. " + e.pinAdvice()
	case NameMismatch:
		return e.nameRemedy()
	case CommonNameOnly:
		return "Ask the owner of the server for a certificate with subject alternative names. " + e.pinAdvice()
	case SelfSigned:
		return "If this is the right server, trust its certificate with CAFiles, --cacert FILE. " + e.pinAdvice()
	case UntrustedRoot:
		return "A company's proxy or an antivirus program that looks into connections does this, and so does a private authority. " +
			"If that is meant to be, get the root's certificate from who runs it, and trust it with CAFiles, --cacert FILE, or SSL_CERT_FILE."
	case UnknownIssuer:
		return "If the authority is a private one, get its certificate from who runs it, and trust it with CAFiles, --cacert FILE, or SSL_CERT_FILE. " +
			"If it is a public one, the server may not send all of its intermediate certificates, or the roots here are old. " + e.pinAdvice()
	case MissingIntermediate:
		return e.intermediateRemedy()
	case WrongUsage:
		return "Ask the owner of the server for a certificate that allows server authentication. " + e.pinAdvice()
	case NotAuthority, PathTooLong, NameConstraint:
		return "Ask the owner of the server for a certificate that was issued by the rules: this chain may be forged. " + e.pinAdvice()
	case WeakSignature:
		return "Ask the owner of the server for a certificate signed with SHA-256 or better: this one may be forged. " + e.pinAdvice()
	case PinMismatch:
		return e.pinRemedy()
	case Malformed:
		return "Ask the owner of the server for a valid certificate, or find out what stands between here and the server."
	}
	return "Find out what stands between here and the server, and whether the certificate is meant to be so. " + e.pinAdvice()
}

// pinAdvice tells how to go on with a peer that proves itself in no other way.
func (e *CertificateError) pinAdvice() string {
	if len(e.Chain) == 0 {
		return ""
	}
	pin := PinKey(e.Chain[0])
	return fmt.Sprintf("To go on at your own risk, verify its key and nothing else: InsecureSkipVerify with Pins, --insecure --pin %s.", pin)
}

func (e *CertificateError) clock() string {
	return "The clock here says " + e.Now.UTC().Format("2006-01-02 15:04 UTC") + ": set it if that is wrong."
}

func (e *CertificateError) nameRemedy() string {
	if len(e.Names) == 0 {
		return "Ask the owner of the server for a certificate with its name in it. " + e.pinAdvice()
	}
	other := clean(strings.Replace(e.Names[0], "*", "www", 1))
	return "Check the name in the URL, and that it leads to the right server. " +
		fmt.Sprintf("If the server is right and only its name differs, ask for the one it has: ServerName, such as %s.", other)
}

func (e *CertificateError) intermediateRemedy() string {
	cert := e.Certificate()
	if cert == nil {
		return "Ask the owner of the server to send all intermediate certificates."
	}
	text := "Ask the owner of the server to send the certificate of " + name(cert.Issuer) + " along with its own. "
	if len(cert.IssuingCertificateURL) > 0 {
		return text + "Until then download it from " + clean(cert.IssuingCertificateURL[0]) +
			", convert it to PEM, and add it with CAFiles, --cacert FILE."
	}
	return text + "Until then get it from who runs the authority, and add it with CAFiles, --cacert FILE."
}

func (e *CertificateError) pinRemedy() string {
	text := "Somebody stands between here and the server, or it has a new key. Ask its owner. "
	if len(e.Chain) == 0 {
		return text
	}
	return text + "If the new key is right, pin " + PinKey(e.Chain[0]).String() + "."
}

// Remedy says in one to three sentences what to do about the error. Names such
// as MinVersion are fields of [Options], names such as --cert are flags of the
// command.
func (e *HandshakeError) Remedy() string {
	switch e.Problem {
	case PlainHTTP:
		return "Use http:// for this port, or find the server's port for https."
	case NotTLS:
		return "Check the port in the URL."
	case OldProtocol:
		if e.MaxVersion != 0 && e.MaxVersion < tls.VersionTLS13 {
			return "Raise MaxVersion."
		}
		return "Ask the owner of the server to support TLS 1.2 or 1.3. " +
			"To go on at your own risk, lower MinVersion: older versions can be broken into."
	case NoCommonCipher:
		return "The server may want a client certificate (CertFile, --cert), another server name, or ciphers that are no longer safe."
	case CertificateRequired:
		return "Give a certificate from an authority that the server accepts: CertFile and KeyFile, --cert FILE --key FILE."
	case CertificateRefused:
		return "Give a client certificate that is valid and from an authority that the server accepts: CertFile and KeyFile, --cert FILE --key FILE."
	case UnknownName:
		return "Check the name in the URL, or the ServerName that was set."
	case NoCommonALPN:
		return "Offer another version of HTTP."
	case ConnectionClosed:
		return "The server may want another server name or a client certificate, or a firewall between here and there may forbid the host. Check the port too."
	}
	return "Find out what the server wants, or what stands between here and there."
}
