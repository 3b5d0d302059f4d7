package aiohttptest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// route is a pattern and what answers it.
type route struct {
	text     string // the pattern as it was given
	query    url.Values
	expected []http.Handler // one for each request to come
	always   http.Handler   // for all others; nil when there are to be none
	promised int            // how many were expected in all
}

// routes are those of one resource, which differ in their queries.
type routes struct{ all []*route }

// Handle lets h answer the requests that match a pattern, any number of them,
// in the place of the handler that the same pattern had before.
//
// A pattern is that of an [http.ServeMux], with its wildcards and its rules of
// precedence, in front of which a scheme and behind which a query may stand:
//
//	GET https://api.example.com/items/{id}   one method, one origin
//	/items                                   every method and every host
//	GET localhost:8080/items?page=2          one parameter at least
//	https://api.example.com/                 all of an origin
//
// With a scheme and no port it is the scheme's own. Of several that match, those
// with a scheme or port come before those without, then ServeMux's rules
// count, then the number of parameters.
//
// A request that no pattern matches fails the test, and is answered with status
// 501. A pattern that cannot be fails the test too.
func (s *Server) Handle(pattern string, h http.Handler) {
	s.t.Helper()
	s.change(pattern, func(r *route) { r.always = h })
}

// HandleFunc is [Server.Handle] for a function.
func (s *Server) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	s.t.Helper()
	s.Handle(pattern, http.HandlerFunc(h))
}

// Expect lets each of the handlers answer one of the next requests that match a
// pattern, in turn. The test fails if they are not all asked for by its end. What
// more is asked for is answered by the handler that Handle gave to the very same
// pattern; if there is none, the test fails. More calls append.
func (s *Server) Expect(pattern string, answers ...http.Handler) {
	s.t.Helper()
	s.change(pattern, func(r *route) {
		r.expected = append(r.expected, answers...)
		r.promised += len(answers)
	})
}

// change lets f change the route of a pattern, or fails the test if the pattern
// cannot be.
func (s *Server) change(pattern string, f func(*route)) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.route(pattern)
	if err != nil {
		s.t.Errorf("aiohttptest: pattern %q: %v", pattern, err)
		return
	}
	f(r)
}

// route gives the route of a pattern, a new one if need be. It is called with mu
// held.
func (s *Server) route(pattern string) (*route, error) {
	at, query, err := parsePattern(pattern)
	if err != nil {
		return nil, err
	}
	group := s.resources[at]
	if group == nil {
		group = &routes{}
		if err := s.register(at, group); err != nil {
			return nil, err
		}
		s.resources[at] = group
	}
	for _, r := range group.all {
		if r.query.Encode() == query.Encode() {
			return r, nil
		}
	}
	r := &route{text: pattern, query: query}
	group.all = append(group.all, r)
	s.routes = append(s.routes, r)
	return r, nil
}

// register puts a resource into the mux of its place. What ServeMux panics with
// is an error.
func (s *Server) register(at resource, group *routes) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	mux := s.muxes[at.place]
	if mux == nil {
		mux = http.NewServeMux()
	}
	mux.Handle(at.pattern, s.answer(group))
	s.muxes[at.place] = mux
	return nil
}

// answer gives the handler of a resource.
func (s *Server) answer(group *routes) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := s.take(group, r)
		if h == nil {
			s.refuse(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// take gives the handler for one request; nil when there is none.
func (s *Server) take(group *routes, r *http.Request) http.Handler {
	query := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	var best *route
	for _, candidate := range group.all {
		if within(candidate.query, query) && (best == nil || len(candidate.query) > len(best.query)) {
			best = candidate
		}
	}
	if best == nil {
		return nil
	}
	h := best.always
	if len(best.expected) > 0 {
		h, best.expected = best.expected[0], best.expected[1:]
	}
	if h != nil {
		exchangeOf(r).request.Pattern = best.text
	}
	return h
}

// within reports whether all of want's parameters are in got, with the same
// values.
func within(want, got url.Values) bool {
	for name, values := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(values) {
			return false
		}
	}
	return true
}

// refuse answers what nothing matches, and fails the test.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request) {
	e := exchangeOf(r)
	asked := e.request.Method + " " + e.request.URL
	s.t.Errorf("aiohttptest: unexpected request: %s\n%s", asked, s.handlers())
	w.WriteHeader(http.StatusNotImplemented)
	fmt.Fprintf(w, "aiohttptest: unexpected request: %s\n", asked)
}

// handlers describes what there is.
func (s *Server) handlers() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.routes) == 0 {
		return "there are no handlers"
	}
	var b strings.Builder
	b.WriteString("handlers there are for:")
	for _, r := range s.routes {
		b.WriteString("\n\t" + r.text)
		if r.always == nil && len(r.expected) == 0 {
			fmt.Fprintf(&b, " (all %d were asked for)", r.promised)
		}
	}
	return b.String()
}

// wantNothingLeft fails the test for each answer that was to be asked for and was
// not.
func (s *Server) wantNothingLeft() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.routes {
		if left := len(r.expected); left > 0 {
			s.t.Errorf("aiohttptest: expected request did not come: %s (%d of %d)", r.text, left, r.promised)
		}
	}
}
