package vector

import (
	"errors"
	"fmt"
	"net/http"
)

// Client is one exchange: a request, what the server answers octet for octet,
// and what a client must make of it.
type Client struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Source   string `json:"source"` // whose test gave the idea
	Level    string `json:"level"`  // must, should, robust (limits) or compat (habits of net/http)
	RFC      string `json:"rfc"`
	Why      string `json:"why"`

	Method  string   `json:"request_method"`
	Request *Request `json:"request"` // nil: GET-like, nothing special
	Via     string   `json:"via"`     // "client": by a client that follows redirects

	OnAccept []byte          `json:"on_accept_base64"`    // sent before any request
	Response []byte          `json:"response_raw_base64"` // in short for Script
	Close    string          `json:"close"`               // the op behind Response
	Script   []Op            `json:"script"`
	Routes   map[string][]Op `json:"routes"` // scripts by request-target
	Read     string          `json:"read"`   // "head": the script begins before the body is read

	Expect      string       `json:"expect"` // ok, error or either
	Prefer      string       `json:"prefer"` // the hardened choice of either: accept or reject
	Parsed      *Parsed      `json:"parsed"`
	Follow      *Follow      `json:"follow"`
	Wire        []Wire       `json:"wire"`
	Repeat      int          `json:"repeat"` // times to play it: it looks for a race
	Caps        []Capability `json:"caps"`
	MaxHeapMB   int          `json:"max_heap_mb"`  // growth in MiB; zero: not measured
	ReadLimit   int64        `json:"read_limit"`   // octets of the body to read before closing it
	TimeoutMS   int          `json:"timeout_ms"`   // zero: 3000
	MaxRequests int          `json:"max_requests"` // zero: not counted
}

// A Capability is something that a client may or may not do by itself.
type Capability string

// GzipDecoding is the transparent decoding of gzip.
const GzipDecoding Capability = "gzip"

// Request is what is special about a request. Text stands for octets: see
// [Octets].
type Request struct {
	Path     *string     `json:"path"`
	URLPath  *string     `json:"url_path"` // decoded: what url.URL.Path holds
	URLHost  string      `json:"url_host"`
	Userinfo string      `json:"userinfo"`
	Host     string      `json:"host"`
	Method   string      `json:"method_override"`
	Headers  [][2]string `json:"headers"`
	Jar      bool        `json:"jar"` // with a cookie jar

	NoBody      bool   `json:"no_body"`
	Body        []byte `json:"body_base64"`
	BodyLen     int    `json:"body_len"`  // a body of that many octets
	BodyMode    string `json:"body_mode"` // "declared": with DeclaredLen as its length
	DeclaredLen int64  `json:"declared_len"`
}

// Parsed is what must be read of the answer.
type Parsed struct {
	Status        int         `json:"status"`
	Body          []byte      `json:"body_base64"` // nil: not checked
	BodyLen       *int        `json:"body_len"`
	Headers       [][2]string `json:"headers"`
	HeadersAbsent []string    `json:"headers_absent"`
	Reusable      *bool       `json:"reusable"` // Follow must say the same
	Interim       []int       `json:"interim"`
}

// Follow is a plain request sent right behind, which must get its own answer.
type Follow struct {
	SameConn *bool `json:"same_conn"`
	DelayMS  int   `json:"delay_ms"`
}

// Wire is what must and must not be seen of one of the requests, as regular
// expressions over its octets as Latin-1.
type Wire struct {
	Index    int      `json:"index"`
	Match    []string `json:"match"`
	NotMatch []string `json:"not_match"`
	Optional bool     `json:"optional"`
}

// LoadClients reads a file of client vectors.
func LoadClients(path string) ([]*Client, error) {
	vectors, err := load[*Client](path)
	if err != nil {
		return nil, err
	}
	for _, v := range vectors {
		if err := v.settle(); err != nil {
			return nil, fmt.Errorf("%s: vector %s: %w", path, v.ID, err)
		}
	}
	return vectors, nil
}

// errUnfollowed says that what a vector says of its connection would not be looked
// at: only a request behind it can show it.
var errUnfollowed = errors.New("parsed.reusable, and follow.same_conn does not say the same")

// settle turns what is said in short into its long form, and checks the scripts.
func (v *Client) settle() error {
	if v.Method == "" {
		v.Method = http.MethodGet
	}
	if v.Request == nil {
		v.Request = &Request{}
	}
	if v.Response != nil {
		v.Script = []Op{{Op: "send", Data: v.Response}, {Op: v.Close}}
	}
	if v.Repeat == 0 {
		v.Repeat = 1
	}
	if p, f := v.Parsed, v.Follow; p != nil && p.Reusable != nil {
		if f == nil || f.SameConn == nil || *f.SameConn != *p.Reusable {
			return errUnfollowed
		}
	}
	if err := settleScript(v.Script); err != nil {
		return err
	}
	for _, script := range v.Routes {
		if err := settleScript(script); err != nil {
			return err
		}
	}
	return nil
}
