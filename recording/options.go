package recording

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
)

// Mode says what a tape does with requests.
type Mode int

const (
	// Replay answers from the file, and sends nothing. A file that is not there is
	// an error.
	Replay Mode = iota

	// Record sends requests on, and writes them and their answers to a new file,
	// in the place of one that is there.
	Record

	// Once is Record when the file is not there, else Replay.
	Once
)

// Options configure a [Tape]. The zero value is the default for every field.
type Options struct {
	// Mode says whether to record or to replay.
	Mode Mode

	// Match tells whether a request that is looked up is the one recorded, both
	// with their secrets masked. Nil means [MatchURL]. It must be safe for
	// concurrent use.
	Match func(asked, recorded Request) bool

	// Repeat lets the last exchange that matches answer any number of requests. It
	// is false by default: an exchange answers once.
	Repeat bool

	// ScrubHeader names more header fields whose values are masked: beside
	// Authorization, Proxy-Authorization, Cookie, Set-Cookie, X-Api-Key and the
	// like.
	ScrubHeader []string

	// ScrubQuery names more parameters whose values are masked, in the queries and
	// fragments of URLs and in forms: beside access_token, api_key, key, password,
	// signature, token and the like.
	ScrubQuery []string

	// ScrubJSON names more members whose values are masked at any depth of a JSON
	// body: beside access_token, refresh_token, id_token, client_secret, password,
	// api_key and the like.
	ScrubJSON []string

	// Keep names fields, parameters and members that are not secrets after all.
	// Like the other names it is compared without regard to case.
	Keep []string

	// Scrub, when set, masks what remains. It is called once for each exchange
	// before it is written, and for each request that is looked up, with an empty
	// Response then. It must be safe for concurrent use, and give the same again
	// for what it has masked already.
	Scrub func(*Exchange)

	// MaxBodyBytes bounds each body. Zero means 16 MiB, negative no limit. A larger
	// one is an error.
	MaxBodyBytes int64
}

// defaultMaxBodyBytes is far above what a file for people holds.
const defaultMaxBodyBytes = 16 << 20

func (o *Options) maxBodyBytes() int64 {
	switch {
	case o.MaxBodyBytes == 0:
		return defaultMaxBodyBytes
	case o.MaxBodyBytes < 0:
		return 1<<63 - 2
	}
	return o.MaxBodyBytes
}

// Exchange is a request and the response to it.
type Exchange struct {
	Request  Request
	Response Response

	line int  // where it begins in its file
	cut  bool // the response was closed before its end
}

// Request is a request as plain data.
type Request struct {
	Method string
	URL    string // absolute
	Header http.Header
	Body   []byte
}

// Response is a response as plain data.
type Response struct {
	Status int
	Reason string // may be empty
	Header http.Header
	Body   []byte
}

// MatchURL is the default of Options.Match: method and URL are the same. The order
// of differently named parameters in a query does not count.
func MatchURL(asked, recorded Request) bool {
	if asked.Method != recorded.Method {
		return false
	}
	if asked.URL == recorded.URL {
		return true
	}
	a, err := url.Parse(asked.URL)
	if err != nil {
		return false
	}
	r, err := url.Parse(recorded.URL)
	if err != nil {
		return false
	}
	if !reflect.DeepEqual(a.Query(), r.Query()) {
		return false
	}
	a.RawQuery, r.RawQuery = "", ""
	return a.String() == r.String()
}

// MatchBody is [MatchURL], and the bodies are the same.
func MatchBody(asked, recorded Request) bool {
	return MatchURL(asked, recorded) && bytes.Equal(asked.Body, recorded.Body)
}
