package trust

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"time"
	"unicode"
)

const (
	// maxNames bounds the names listed in a text: certificates of hosting
	// companies hold hundreds.
	maxNames = 5

	// maxText bounds, in characters, a text that comes from the peer. It is above
	// the 253 of the longest host name.
	maxText = 300
)

// clean makes text from a peer fit for a line on a terminal: a certificate may
// hold any characters, line breaks and escape sequences too.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxText {
			b.WriteString("...")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(unicode.ReplacementChar)
	}
	return b.String()
}

func quote(s string) string { return `"` + clean(s) + `"` }

// names gives the names and addresses that a certificate is for.
func names(cert *x509.Certificate) []string {
	all := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		all = append(all, ip.String())
	}
	return all
}

// list gives at most maxNames names, and the number of the others.
func list(all []string) string {
	if len(all) == 0 {
		return "no host at all"
	}
	shown := make([]string, 0, maxNames)
	for _, name := range all[:min(len(all), maxNames)] {
		shown = append(shown, clean(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(all) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// describe names a certificate by its subject and its issuer.
func describe(cert *x509.Certificate) string {
	subject := name(cert.Subject)
	if subject == "" {
		// Many authorities leave the subject empty.
		subject = list(names(cert))
	}
	if string(cert.RawSubject) == string(cert.RawIssuer) {
		return subject + ", issued by itself"
	}
	return subject + ", issued by " + name(cert.Issuer)
}

// name gives the telling parts of a distinguished name: "CN=R3 (Let's Encrypt)".
func name(n pkix.Name) string {
	organization := ""
	if len(n.Organization) > 0 {
		organization = clean(n.Organization[0])
	}
	switch {
	case n.CommonName != "" && organization != "":
		return "CN=" + clean(n.CommonName) + " (" + organization + ")"
	case n.CommonName != "":
		return "CN=" + clean(n.CommonName)
	case organization != "":
		return "O=" + organization
	}
	return clean(n.String())
}

// usageNames names what a certificate is for instead of servers.
func usageNames(uses []x509.ExtKeyUsage) string {
	var known []string
	for _, use := range uses {
		switch use {
		case x509.ExtKeyUsageClientAuth:
			known = append(known, "clients")
		case x509.ExtKeyUsageCodeSigning:
			known = append(known, "signing code")
		case x509.ExtKeyUsageEmailProtection:
			known = append(known, "mail")
		case x509.ExtKeyUsageTimeStamping:
			known = append(known, "time stamps")
		case x509.ExtKeyUsageOCSPSigning:
			known = append(known, "OCSP")
		}
	}
	return strings.Join(known, " and ")
}

const day = 24 * time.Hour

// moment gives a time and its distance from now: the date, and within two days
// the minute too.
func moment(t, now time.Time) string {
	layout := "2006-01-02"
	if d := now.Sub(t).Abs(); d < 2*day {
		layout = "2006-01-02 15:04 UTC"
	}
	text := t.UTC().Format(layout)
	if t.After(now) {
		return text + " (in " + span(t.Sub(now)) + ")"
	}
	return text + " (" + span(now.Sub(t)) + " ago)"
}

// span gives a duration in the largest unit that makes it at least two.
func span(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{
		{365 * day, "years"},
		{30 * day, "months"},
		{day, "days"},
		{time.Hour, "hours"},
		{time.Minute, "minutes"},
		{time.Second, "seconds"},
	} {
		if d >= 2*unit.length {
			return fmt.Sprintf("%d %s", d/unit.length, unit.name)
		}
	}
	return "a moment"
}
