package cache

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An Outcome is what the cache did for a response.
type Outcome string

const (
	Hit         Outcome = "hit"         // from the store, fresh
	Stale       Outcome = "stale"       // from the store, stale and allowed to be
	Revalidated Outcome = "revalidated" // from the store, after the origin said that it still holds
	Miss        Outcome = "miss"        // from the origin, since nothing stored could be used
	Bypass      Outcome = "bypass"      // from the origin, since the request is none for a cache
)

// name is ours in Cache-Status.
const name = "aiohttp"

// OutcomeOf tells what the cache did for a response with these fields, and
// nothing when they are not of a response that came through a [Cache].
func OutcomeOf(header http.Header) Outcome {
	members := header["Cache-Status"]
	if len(members) == 0 {
		return ""
	}
	ours, params, _ := strings.Cut(members[len(members)-1], ";")
	if ours != name {
		return ""
	}
	has := func(p string) bool { return strings.Contains(params, p) }
	switch {
	case has("fwd-status=304"):
		return Revalidated
	case has("fwd=bypass"), has("fwd=method"):
		return Bypass
	case has("detail=stale"):
		return Stale
	case has(" hit"):
		return Hit
	}
	return Miss
}

// Why a request was forwarded, in the words of
// https://www.rfc-editor.org/rfc/rfc9211#section-2.2
const (
	fwdBypass  = "bypass"   // the cache was configured not to handle the request
	fwdMethod  = "method"   // the request method's semantics require it
	fwdURI     = "uri-miss" // nothing is stored for the URI
	fwdVary    = "vary-miss"
	fwdRequest = "request" // the request's directives forbid what is stored
	fwdStale   = "stale"
)

// note appends our member to a response's Cache-Status:
//
// "Each member of the List represents a cache that has handled the request. The
// first member represents the cache closest to the origin server, and the last
// member represents the cache closest to the user"
// https://www.rfc-editor.org/rfc/rfc9211#section-2-2
func note(header http.Header, member string) {
	header["Cache-Status"] = append(header["Cache-Status"], member)
}

// hitMember tells that a response is from the store, and for how long it is fresh.
func hitMember(ttl time.Duration, stale bool) string {
	var room [64]byte
	b := append(append(room[:0], name...), "; hit; ttl="...)
	b = strconv.AppendInt(b, int64(ttl/time.Second), 10)
	if stale {
		b = append(b, "; detail=stale"...)
	}
	return string(b)
}

// fwdMember tells why a request was forwarded and what came of it.
func fwdMember(why string, status int, stored, collapsed bool) string {
	var room [96]byte
	b := append(append(append(room[:0], name...), "; fwd="...), why...)
	b = strconv.AppendInt(append(b, "; fwd-status="...), int64(status), 10)
	if stored {
		b = append(b, "; stored"...)
	}
	if collapsed {
		b = append(b, "; collapsed"...)
	}
	return string(b)
}
