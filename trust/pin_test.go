package trust_test

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestParsePinReadsEveryForm(t *testing.T) {
	cert := issue(t, nil, localca.Leaf{Hosts: []string{host}}).Leaf
	key := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	whole := sha256.Sum256(cert.Raw)
	b64 := base64.StdEncoding.EncodeToString(key[:])
	digits := hex.EncodeToString(whole[:])

	tests := []struct {
		name, text string
		want       trust.Pin
	}{
		{"key", "sha256/" + b64, trust.PinKey(cert)},
		{"key as in curl", "sha256//" + b64, trust.PinKey(cert)},
		{"key without padding", "sha256/" + strings.TrimSuffix(b64, "="), trust.PinKey(cert)},
		{"spaces around", " sha256/" + b64 + "\n", trust.PinKey(cert)},
		{"certificate", digits, trust.PinCertificate(cert)},
		{"certificate in capitals", strings.ToUpper(digits), trust.PinCertificate(cert)},
		{"certificate as in openssl", trust.PinCertificate(cert).String(), trust.PinCertificate(cert)},
	}
	for _, tt := range tests {
		got, err := trust.ParsePin(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("%s: ParsePin(%q) = %v, %v, want %v", tt.name, tt.text, got, err, tt.want)
		}
		if !got.Matches(cert) {
			t.Errorf("%s: does not match its certificate", tt.name)
		}
	}
}

// Base64 may begin with a slash, which is not curl's second one.
func TestParsePinTellsTheSlashesApart(t *testing.T) {
	b64 := "/" + strings.Repeat("A", 42) + "="
	one, err := trust.ParsePin("sha256/" + b64)
	if err != nil {
		t.Fatal(err)
	}
	two, err := trust.ParsePin("sha256//" + b64)
	if err != nil {
		t.Fatal(err)
	}
	if one != two || one.String() != "sha256/"+b64 {
		t.Errorf("got %v and %v", one, two)
	}
}

func TestParsePinRefuses(t *testing.T) {
	good := strings.Repeat("A", 43) + "="
	for _, text := range []string{
		"", "sha256/", "sha256//", "sha1/" + good, good, "sha256/" + good + "=", "sha256/" + good + "A", "sha256///" + good,
		"sha256/" + strings.Repeat("A", 42) + "B=", // bits beyond the 256
		"sha256/" + strings.Repeat("A", 40), "sha256/" + strings.Repeat("-", 43) + "=",
		"sha256/" + strings.Repeat("A", 20) + "\n" + strings.Repeat("A", 23) + "=",
		strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("g", 64),
		strings.Repeat("aa:", 32), strings.Repeat("aa:", 31) + "a", strings.Repeat("aaa:", 23) + "aaa",
	} {
		if got, err := trust.ParsePin(text); err == nil || !got.IsZero() {
			t.Errorf("ParsePin(%q) = %v, %v, want an error", text, got, err)
		}
	}
}

func TestPinStandsInJSON(t *testing.T) {
	pin := trust.PinKey(issue(t, nil, localca.Leaf{}).Leaf)
	text, err := json.Marshal([]trust.Pin{pin, {}})
	if err != nil {
		t.Fatal(err)
	}
	var back []trust.Pin
	if err := json.Unmarshal(text, &back); err != nil || back[0] != pin || !back[1].IsZero() {
		t.Errorf("%s gives %v, %v", text, back, err)
	}
	if err := json.Unmarshal([]byte(`["x"]`), &back); err == nil {
		t.Error("a text that is no pin is taken")
	}
}

func FuzzParsePin(f *testing.F) {
	f.Add("sha256/" + strings.Repeat("A", 43) + "=")
	f.Add("sha256//" + strings.Repeat("/", 42) + "8=")
	f.Add(strings.Repeat("0f", 32))
	f.Add(strings.TrimSuffix(strings.Repeat("AB:", 32), ":"))
	f.Add("sha256///")
	f.Fuzz(func(t *testing.T, text string) {
		pin, err := trust.ParsePin(text)
		if err != nil {
			if !pin.IsZero() {
				t.Fatalf("a pin beside the error %v", err)
			}
			return
		}
		again, err := trust.ParsePin(pin.String())
		if err != nil || again != pin {
			t.Fatalf("%q gives %v, which gives %v, %v", text, pin, again, err)
		}
	})
}

func TestClientHoldsTheVerifiedChainAgainstThePins(t *testing.T) {
	root := newCA(t, "Test Root")
	middle := intermediate(t, root, localca.Authority{Name: "Middle"})
	cert := issue(t, middle, localca.Leaf{Hosts: []string{host}})
	stranger := newCA(t, "Stranger").Certificate()
	other := trust.PinKey(stranger)

	tests := []struct {
		name string
		pins []trust.Pin
		ok   bool
	}{
		{"key of the leaf", []trust.Pin{trust.PinKey(cert.Leaf)}, true},
		{"leaf", []trust.Pin{trust.PinCertificate(cert.Leaf)}, true},
		{"key of the intermediate", []trust.Pin{trust.PinKey(middle.Certificate())}, true},
		{"root, which is not sent", []trust.Pin{trust.PinCertificate(root.Certificate())}, true},
		{"one of two", []trust.Pin{other, trust.PinKey(cert.Leaf)}, true},
		{"another key", []trust.Pin{other}, false},
		{"another certificate", []trust.Pin{trust.PinCertificate(stranger)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			policy := newPolicy(t, trust.Options{CAPEM: root.PEM(), Pins: tt.pins})
			_, err := connect(t, policy, host, serverOf(cert))
			if tt.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			got := wantCertificateError(t, err, trust.PinMismatch, 0)
			// What to pin, if the new key is right, is said.
			if pin := trust.PinKey(cert.Leaf).String(); !strings.Contains(err.Error(), pin) || !strings.Contains(got.Remedy(), pin) {
				t.Errorf("Error() = %q, Remedy() = %q, want %s in both", err, got.Remedy(), pin)
			}
			if got.Host != host || len(got.Pins) != len(tt.pins) {
				t.Errorf("Host = %q, Pins = %v", got.Host, got.Pins)
			}
		})
	}
}

// A certificate that the peer merely sends along proves nothing: only with its
// own has it shown to hold the key.
func TestClientPinsTheLeafAloneWhenVerificationIsOff(t *testing.T) {
	cert := issue(t, nil, localca.Leaf{Hosts: []string{"whatever"}})
	pinned := issue(t, nil, localca.Leaf{Hosts: []string{"pinned"}})
	forged := tls.Certificate{
		Certificate: [][]byte{cert.Certificate[0], pinned.Certificate[0]},
		PrivateKey:  cert.PrivateKey,
	}
	policy := newPolicy(t, trust.Options{InsecureSkipVerify: true, Pins: []trust.Pin{trust.PinKey(pinned.Leaf)}})
	if policy.Insecure() {
		t.Error("Insecure() = true, though a pin is set")
	}
	for _, name := range []string{host, "127.0.0.1"} {
		if _, err := connect(t, policy, name, serverOf(pinned)); err != nil {
			t.Errorf("the pinned server: %v", err)
		}
		for label, cert := range map[string]tls.Certificate{"another server": cert, "with the pinned one behind": forged} {
			_, err := connect(t, policy, name, serverOf(cert))
			if got := wantCertificateError(t, err, trust.PinMismatch, 0); got.Host != name {
				t.Errorf("%s: Host = %q, want %q", label, got.Host, name)
			}
		}
	}
}
