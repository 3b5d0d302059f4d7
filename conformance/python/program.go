package python

// Program is what both sides do: one session, some requests, one after the other.
//
// In URLs and answers {A} and {B} stand for the origins of two servers, at
// a.test and b.test, {I} for the first by its IP address, and {Z} for an origin
// where nobody listens; every name leads to the loopback but for none.test, which
// has no address.
type Program struct {
	Name    string  `json:"name"`
	Session Session `json:"session"`
	Steps   []Step  `json:"steps"`

	// Answers are the octets that the server gives, one for each request; the last
	// is given again. Where one ends in "{close}" the server closes the
	// connection, with "{reset}" it breaks it off, and with "{silence}" it says
	// nothing more.
	Answers []string `json:"-"`

	// Exact compares the octets of JSON, which else count as equal when their
	// values are.
	Exact bool `json:"-"`
}

// Session is what a session is made with.
type Session struct {
	BaseURL string  `json:"base_url,omitempty"`
	Headers []Field `json:"headers,omitempty"`
	Cookies []Field `json:"cookies,omitempty"`
	Raise   bool    `json:"raise,omitempty"`
	Raw     bool    `json:"raw,omitempty"` // auto_decompress=False
}

// Field is a name and a value.
type Field [2]string

// Step is one request.
type Step struct {
	Method  string  `json:"method,omitempty"` // GET when empty
	URL     string  `json:"url"`
	Params  []Field `json:"params,omitempty"`
	Headers []Field `json:"headers,omitempty"`
	Cookies []Field `json:"cookies,omitempty"`

	Bytes  string  `json:"bytes,omitempty"` // a character is an octet
	Text   string  `json:"text,omitempty"`
	Form   []Field `json:"form,omitempty"`
	JSON   any     `json:"json,omitempty"`
	Parts  []Part  `json:"parts,omitempty"`  // multipart
	Pieces []Field `json:"pieces,omitempty"` // of a body of unknown length, the second of each

	Stay         bool     `json:"stay,omitempty"` // allow_redirects=False
	Follow       bool     `json:"follow,omitempty"`
	MaxRedirects int      `json:"max_redirects,omitempty"`
	Login        []string `json:"login,omitempty"` // BasicAuth
	Compress     string   `json:"compress,omitempty"`
	Chunked      bool     `json:"chunked,omitempty"`
	Expect       bool     `json:"expect,omitempty"`
	Without      []string `json:"without,omitempty"` // skip_auto_headers
	Raise        bool     `json:"raise,omitempty"`
	Total        float64  `json:"total,omitempty"`     // seconds
	SockRead     float64  `json:"sock_read,omitempty"` // seconds

	// Read is what is asked of the response: "text" when empty, "json", "octets",
	// "lines", "links", "name", "fields" (those called X-One) or "nothing".
	Read string `json:"read,omitempty"`
}

// Part is one of a multipart form.
type Part struct {
	Name     string `json:"name"`
	FileName string `json:"filename,omitempty"`
	Type     string `json:"type,omitempty"`
	Content  string `json:"content"`
}

// Conclusion is what a client makes of a step.
type Conclusion struct {
	Status  int      `json:"status"`
	Reason  string   `json:"reason"`
	URL     string   `json:"url"`
	Method  string   `json:"method"`
	Type    string   `json:"type"`
	History []string `json:"history"` // "302 url"
	Body    any      `json:"body"`

	// Error names the classes of the error, that of the error itself first, which
	// for ours are those that docs/from-python.md gives.
	Error []string `json:"error"`
}
