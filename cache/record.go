package cache

import (
	"crypto/sha256"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Record is a stored response, without its body. It never changes once it is
// made.
type Record struct {
	Status       int
	Header       http.Header
	Uncompressed bool // the body is decoded, and the fields say nothing about its coding

	// Vary names the request fields, in canonical form, whose values the response
	// depends on; Selected is the hash of those of the request that it answered.
	Vary     []string
	Selected [sha256.Size]byte

	// When the request was sent and when the response came.
	Requested, Received time.Time

	// Body names the body to the store; empty when there is none. BodyBytes is its
	// length, BodySum whatever the store wants to check it with.
	Body      string
	BodyBytes int64
	BodySum   uint32

	rules *rules // what the fields say; nil in one that was not prepared
}

// prepare reads the fields that matter.
func (r *Record) prepare() *Record {
	r.rules = readRules(r.Status, r.Header, r.Received)
	return r
}

func (r *Record) read() *rules {
	if r.rules != nil {
		return r.rules
	}
	return readRules(r.Status, r.Header, r.Received)
}

// hopByHop are the fields that concern a connection or a proxy.
//
// "Header fields that are specific to the proxy that a cache uses when forwarding
// a request MUST NOT be stored, unless the cache incorporates the identity of the
// proxy into the cache key. Effectively, this is limited to Proxy-Authenticate ...
// Proxy-Authentication-Info ... and Proxy-Authorization"
// https://www.rfc-editor.org/rfc/rfc9111#section-3.1-2.4
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
}

// keptFields gives the fields of a response that are stored.
//
// "Caches MUST include all received response header fields -- including
// unrecognized ones -- when storing a response"
// https://www.rfc-editor.org/rfc/rfc9111#section-3.1-1
func (c *Cache) keptFields(header http.Header, received time.Time) http.Header {
	kept := header.Clone()
	// "The Connection header field and fields whose names are listed in it are
	// required by Section 7.6.1 of [HTTP] to be removed before forwarding the
	// message. This MAY be implemented by doing so before storage."
	// https://www.rfc-editor.org/rfc/rfc9111#section-3.1-2.1
	for _, line := range header["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			kept.Del(strings.Trim(name, " \t"))
		}
	}
	for _, name := range hopByHop {
		delete(kept, name)
	}
	// "a cache MAY use the response to satisfy a subsequent request, subject to any
	// other restrictions on caching, if the listed header fields are excluded from the
	// subsequent response" https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.4-5
	d := parseDirectives(header["Cache-Control"])
	drop := d.noCacheFields
	if c.opts.Shared {
		// "a shared cache MUST NOT store the listed header fields"
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7-4
		drop = slices.Concat(drop, d.privateFields)
	}
	for _, name := range drop {
		kept.Del(name)
	}
	// "A recipient with a clock that receives a response message without a Date
	// header field MUST record the time it was received and append a corresponding
	// Date header field to the message's header section if it is cached"
	// https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1-8
	if len(kept["Date"]) == 0 {
		kept["Date"] = []string{received.UTC().Format(http.TimeFormat)}
	}
	delete(kept, "Cache-Status") // it is of the exchange, not of the response
	return kept
}

// describesOctets are the fields that an update leaves alone since they tell of
// the body as it is stored: Content-Length always, the others as "Header fields
// that the cache's stored response depends upon".
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2-3.2
var describesOctets = []string{"Content-Length", "Content-Encoding", "Content-Md5", "Content-Range", "Etag"}

// updated gives the record as the fields of a newer response change it, one
// without a body that answers a request with the fields asked.
//
// "the cache MUST add each header field in the provided response to the stored
// response, replacing field values that are already present"
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2-2
func (c *Cache) updated(r *Record, asked, header http.Header, requested, received time.Time) *Record {
	newer := header.Clone()
	for _, name := range describesOctets {
		delete(newer, name)
	}
	merged := r.Header.Clone()
	// What the new ones do not say is not as it was: the age is of what was
	// received, and it was received just now.
	delete(merged, "Age")
	delete(merged, "Date")
	maps.Copy(merged, c.keptFields(newer, received))
	next := *r
	next.Header = c.keptFields(merged, received)
	next.Requested, next.Received = requested.Round(0), received.Round(0)
	return c.selected(&next, asked)
}

// selected completes a record: what it depends on, for a request with the fields
// asked.
func (c *Cache) selected(r *Record, asked http.Header) *Record {
	r.prepare()
	r.Vary = c.varies(r.rules)
	r.Selected = selection(asked, r.Vary)
	return r
}

// canonical gives a field's name as http.Header has it.
func canonical(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }

// entityLength gives a Content-Length, or a negative number.
func entityLength(header http.Header) int64 {
	n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
