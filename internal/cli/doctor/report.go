// Package doctor takes one connection apart, step by step, and says what is
// wrong with it and how to mend it.
//
// Limitations: behind a proxy only its own addresses can be seen; HTTP is asked over HTTP/1.1
// only; nothing is sent to a server whose certificate is not believed.
package doctor

import (
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/answer"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// Level is how bad a finding is.
type Level string

// The levels, the harmless one first.
const (
	Note    Level = "note"
	Warning Level = "warning"
	Failure Level = "failure"
)

// Finding is one thing worth saying.
type Finding struct {
	Level  Level     `json:"level"`
	Text   string    `json:"text"`
	Remedy string    `json:"remedy,omitempty"`
	Code   exit.Code `json:"code"`
}

// Report is what [Examine] found. Sections that were not reached are nil.
type Report struct {
	URL       string    `json:"url"`
	Proxy     *Proxy    `json:"proxy"`
	DNS       *DNS      `json:"dns"`
	Addresses []Address `json:"addresses"`
	TLS       *TLS      `json:"tls,omitempty"`
	HTTP      *HTTP     `json:"http,omitempty"`
	Findings  []Finding `json:"findings"`
	Code      exit.Code `json:"code"`
}

// Proxy is which proxy is used, and what the environment says about it.
type Proxy struct {
	// Variables are those that are set, secrets masked.
	Variables []string `json:"variables,omitempty"`
	// Applies is the proxy that the URL is reached through, without user and
	// password; empty for none.
	Applies string `json:"applies,omitempty"`
}

// DNS is the answer to the question for the host's addresses.
type DNS struct {
	Host    string   `json:"host"`
	Literal bool     `json:"literal,omitempty"` // the host is an address, nobody was asked
	Answers []string `json:"answers,omitempty"`
	Millis  float64  `json:"ms"`
	Error   string   `json:"error,omitempty"`
}

// Address is one attempt to connect.
type Address struct {
	Addr   string  `json:"addr"`
	Millis float64 `json:"ms"`
	Error  string  `json:"error,omitempty"`
}

// TLS is what the handshake showed.
type TLS struct {
	Addr    string        `json:"addr"`
	Version string        `json:"version,omitempty"`
	Cipher  string        `json:"cipher,omitempty"`
	Group   string        `json:"group,omitempty"`
	ALPN    string        `json:"alpn,omitempty"`
	Roots   string        `json:"roots"`
	Chain   []Certificate `json:"chain,omitempty"`
	Millis  float64       `json:"ms"`
	Error   string        `json:"error,omitempty"`
}

// Certificate is one of the chain, in the server's order.
type Certificate struct {
	Subject   string    `json:"subject"`
	Names     []string  `json:"names,omitempty"`
	Issuer    string    `json:"issuer"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	Key       string    `json:"key"`
	Fine      bool      `json:"fine"`
	Details   []string  `json:"details,omitempty"` // what is wrong, or until when it is valid
}

// HTTP is what a GET was answered with.
type HTTP struct {
	Status   int           `json:"status"`
	Reason   string        `json:"reason"`
	Proto    string        `json:"proto"`
	Server   string        `json:"server,omitempty"`
	Location string        `json:"location,omitempty"`
	AltSvc   string        `json:"alt_svc,omitempty"`
	Skew     *float64      `json:"clock_skew_s,omitempty"` // the server's clock minus ours, in seconds
	Timings  answer.Millis `json:"timings_ms"`
	Error    string        `json:"error,omitempty"`
}

// add notes a finding.
func (r *Report) add(level Level, code exit.Code, text, remedy string) {
	r.Findings = append(r.Findings, Finding{Level: level, Text: text, Remedy: remedy, Code: code})
}

// conclude sets the code to that of the worst finding, the first of equals.
func (r *Report) conclude() {
	worst := Note
	for _, f := range r.Findings {
		if rank(f.Level) > rank(worst) {
			worst, r.Code = f.Level, f.Code
		}
	}
}

func rank(l Level) int {
	switch l {
	case Warning:
		return 1
	case Failure:
		return 2
	}
	return 0
}

func millis(d time.Duration) float64 { return float64(d.Round(10*time.Microsecond)) / 1e6 }
