package trust

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Pin is the SHA-256 of a certificate or of a public key, by which a peer can be
// known without any authority. A pin of a key outlives the renewal of the
// certificate. Pins are comparable; the zero Pin matches nothing, and [New]
// refuses it.
type Pin struct {
	kind pinKind
	sum  [sha256.Size]byte
}

type pinKind uint8

const (
	pinNone pinKind = iota
	pinKey
	pinCertificate
)

const keyPrefix = "sha256/"

var errPinForm = errors.New("want sha256/ and 44 characters of base64, or 64 hexadecimal digits")

// ParsePin reads a pin in one of the forms in use:
//
//	sha256/BASE64     a key: SHA-256 of the SubjectPublicKeyInfo, as in OkHttp
//	sha256//BASE64    the same, as in curl --pinnedpubkey
//	HEX               a certificate: SHA-256 of its DER form, as in Python's
//	                  aiohttp.Fingerprint and in browsers
//	AA:BB:CC:...      the same, as openssl x509 -fingerprint -sha256 prints it
//
// Spaces around it are ignored.
func ParsePin(s string) (Pin, error) {
	text := strings.TrimSpace(s)
	var pin Pin
	var sum []byte
	var err error
	if encoded, ok := cutKeyPrefix(text); ok {
		pin.kind = pinKey
		sum, err = base64.RawStdEncoding.Strict().DecodeString(encoded)
	} else {
		pin.kind = pinCertificate
		sum, err = decodeFingerprint(text)
	}
	// Line breaks are skipped by the base64 decoder, but are no part of a pin.
	if err != nil || len(sum) != sha256.Size || strings.ContainsAny(text, "\r\n") {
		return Pin{}, fmt.Errorf("pin %q: %w", s, errPinForm)
	}
	copy(pin.sum[:], sum)
	return pin, nil
}

// cutKeyPrefix gives the base64 text of a key's pin, without its padding.
func cutKeyPrefix(s string) (string, bool) {
	encoded, ok := strings.CutPrefix(s, keyPrefix)
	encoded = strings.TrimSuffix(encoded, "=")
	if len(encoded) == 1+base64.RawStdEncoding.EncodedLen(sha256.Size) {
		// curl writes a second slash. Base64 too may begin with one: the length
		// tells them apart.
		encoded = strings.TrimPrefix(encoded, "/")
	}
	return encoded, ok
}

func decodeFingerprint(s string) ([]byte, error) {
	if !strings.Contains(s, ":") {
		return hex.DecodeString(s)
	}
	if len(s) != 3*sha256.Size-1 {
		return nil, errPinForm
	}
	sum := make([]byte, 0, sha256.Size)
	for pair := range strings.SplitSeq(s, ":") {
		octet, err := hex.DecodeString(pair)
		if err != nil {
			return nil, err
		}
		sum = append(sum, octet...)
	}
	return sum, nil
}

// PinKey gives the pin of the certificate's public key.
func PinKey(cert *x509.Certificate) Pin {
	return Pin{kind: pinKey, sum: sha256.Sum256(cert.RawSubjectPublicKeyInfo)}
}

// PinCertificate gives the pin of the certificate itself.
func PinCertificate(cert *x509.Certificate) Pin {
	return Pin{kind: pinCertificate, sum: sha256.Sum256(cert.Raw)}
}

// Matches tells whether p is a pin of cert or of its key.
func (p Pin) Matches(cert *x509.Certificate) bool {
	switch p.kind {
	case pinKey:
		return p == PinKey(cert)
	case pinCertificate:
		return p == PinCertificate(cert)
	}
	return false
}

// IsZero tells whether p is the zero Pin.
func (p Pin) IsZero() bool { return p == Pin{} }

// String gives "sha256/BASE64" for a key, and hexadecimal pairs with colons
// for a certificate. [ParsePin] reads both. It is empty for the zero Pin.
func (p Pin) String() string {
	switch p.kind {
	case pinKey:
		return keyPrefix + base64.StdEncoding.EncodeToString(p.sum[:])
	case pinCertificate:
		return string(bytes.ToUpper(colonHex(p.sum[:])))
	}
	return ""
}

func colonHex(sum []byte) []byte {
	text := make([]byte, 0, 3*len(sum))
	for i, octet := range sum {
		if i > 0 {
			text = append(text, ':')
		}
		text = hex.AppendEncode(text, []byte{octet})
	}
	return text
}

// MarshalText gives the same as String, so that a pin can stand in JSON.
func (p Pin) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText is ParsePin; an empty text gives the zero Pin.
func (p *Pin) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Pin{}
		return nil
	}
	pin, err := ParsePin(string(text))
	if err != nil {
		return err
	}
	*p = pin
	return nil
}

// matchPins tells whether one of the pins is met by one of the certificates.
func matchPins(pins []Pin, certs []*x509.Certificate) bool {
	for _, cert := range certs {
		for _, pin := range pins {
			if pin.Matches(cert) {
				return true
			}
		}
	}
	return false
}
