package answer

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// Record is a whole response as one JSON object.
type Record struct {
	URL     string      `json:"url"`
	Status  int         `json:"status"`
	Reason  string      `json:"reason,omitempty"`
	Proto   string      `json:"proto"`
	Headers http.Header `json:"headers"`

	// Redirects are the URLs that were asked before the last.
	Redirects []string `json:"redirects,omitempty"`

	// Exactly one of these holds the body, JSON where it is such, Text where it
	// is UTF-8.
	JSON   json.RawMessage `json:"json,omitempty"`
	Text   *string         `json:"text,omitempty"`
	Base64 *string         `json:"base64,omitempty"`

	Timings Millis `json:"timings_ms"`
	Addr    string `json:"addr,omitempty"`
	Reused  bool   `json:"reused"`
}

// Millis are the phases of an exchange in milliseconds.
type Millis struct {
	Pool    float64 `json:"pool"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	TLS     float64 `json:"tls"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
	Total   float64 `json:"total"`
}

// NewMillis converts t.
func NewMillis(t connector.Timings) Millis {
	ms := func(d interface{ Seconds() float64 }) float64 {
		return float64(int64(d.Seconds()*1e6+0.5)) / 1e3
	}
	return Millis{Pool: ms(t.Pool), DNS: ms(t.DNS), Connect: ms(t.Connect), TLS: ms(t.TLS),
		Send: ms(t.Send), Wait: ms(t.Wait), Receive: ms(t.Receive), Total: ms(t.Total())}
}

// Write reads the body of resp to its end and writes all of resp as a JSON
// object. t is what resp's request had as its Timings.
func Write(s *tty.Screen, resp *aiohttp.Response, t *connector.Timings) error {
	body, err := resp.Bytes()
	if err != nil {
		return err
	}
	rec := Record{URL: resp.URL().Redacted(), Status: resp.Status, Reason: reason(resp), Proto: resp.Proto(),
		Headers: resp.Headers(), Timings: NewMillis(*t), Addr: t.Addr, Reused: t.Reused}
	for _, r := range resp.History() {
		rec.Redirects = append(rec.Redirects, r.URL().Redacted())
	}
	switch {
	case isJSON(resp.Header("Content-Type")) && json.Valid(body):
		rec.JSON = body
	case utf8.Valid(body):
		text := string(body)
		rec.Text = &text
	default:
		text := base64.StdEncoding.EncodeToString(body)
		rec.Base64 = &text
	}
	enc := json.NewEncoder(s)
	enc.SetEscapeHTML(false)
	if s.Terminal {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(rec)
}
