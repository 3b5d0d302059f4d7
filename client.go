package aiohttp

import (
	"net/http"
)

// HTTPClient gives an *http.Client that sends through this session's connector,
// with its default headers, cookies and time-outs, for libraries that ask for
// one. It follows redirects by the rules of net/http. The client is good as
// long as the session is not closed.
func (s *Session) HTTPClient() *http.Client {
	return &http.Client{Transport: transport{s}, Jar: s.jar}
}

// transport is the session as an http.RoundTripper.
type transport struct{ s *Session }

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.s.invalid != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, t.s.invalid
	}
	missing := false
	for name := range t.s.opts.Header {
		missing = missing || !overridden(req.Header, http.CanonicalHeaderKey(name))
	}
	if missing {
		req = req.Clone(req.Context())
		for name, values := range t.s.opts.Header {
			if key := http.CanonicalHeaderKey(name); !overridden(req.Header, key) {
				req.Header[key] = values
			}
		}
	}
	return t.s.connector.RoundTrip(req)
}

// CloseIdleConnections closes the connections at rest; http.Client calls it.
func (t transport) CloseIdleConnections() { t.s.connector.CloseIdleConnections() }
