package cache

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// addConditions makes a request conditional on what is stored, and tells whether
// it could.
//
// "When generating a conditional request for validation, a cache either starts
// with a request it is attempting to satisfy or -- if it is initiating the request
// independently -- synthesizes a request using a stored response"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1-1
//
// "It then updates that request with one or more precondition header fields."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1-2
func addConditions(header http.Header, r *Record) bool {
	rules := r.read()
	if rules.etag != "" {
		tags := rules.etag
		// "the cache MAY combine the received list with a list of entity tags from its
		// own stored set of responses (fresh or stale) and send the union of the two
		// lists as a replacement If-None-Match header field value"
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-9
		if theirs := strings.Join(header["If-None-Match"], ", "); theirs != "" && !hasTag(theirs, tags) {
			tags = theirs + ", " + tags
		} else if theirs != "" {
			tags = theirs
		}
		header["If-None-Match"] = []string{tags}
	}
	if rules.lastModified != "" {
		header["If-Modified-Since"] = []string{rules.lastModified}
	}
	return rules.etag != "" || rules.lastModified != ""
}

// confirms tells whether a 304 that answers a request with conditions of ours says
// that a stored response still holds. asked are the fields before we added them.
//
// "If the new response contains one or more strong validators (see Section 8.8.1 of
// [HTTP]), then each of those strong validators identifies a selected representation
// for update. All the stored responses in the initial set with one of those same
// strong validators are identified for update. If none of the initial set contains at
// least one of the same strong validators, then the cache MUST NOT use the new
// response to update any stored responses."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-3.1
//
// Not as there: the entity tags are compared weakly, and without the name of a coding
// at their end. Servers weaken the tag of what they compress, or add "-gzip" to it,
// and do neither to that of a 304, as that has nothing to compress. A 304 without one
// is an answer to our condition where there was no other. The stored entity tag stays.
//
// "If the response to the forwarded request is 304 (Not Modified) and has an ETag
// field value with an entity tag that is not in the client's list, the cache MUST
// generate a 200 (OK) response for the client by reusing its corresponding stored
// response, as updated by the 304 response metadata"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-9
func confirms(r *Record, asked, header http.Header) bool {
	tag, own := header.Get("Etag"), r.read().etag
	if len(asked["If-None-Match"]) > 0 {
		return tag != "" && sameTag(tag, own)
	}
	if own == "" { // what is stored was asked for by its date
		return tag == "" || strings.HasPrefix(tag, "W/")
	}
	return tag == "" || sameTag(uncoded(tag), uncoded(own))
}

// uncoded gives an entity tag without the coding that servers mark the tags of
// compressed representations with: Apache's "-gzip" and its like.
func uncoded(tag string) string {
	for _, coding := range [...]string{`-gzip"`, `-br"`, `-zstd"`, `-deflate"`} {
		if plain, ok := strings.CutSuffix(tag, coding); ok {
			return plain + `"`
		}
	}
	return tag
}

// notModified tells whether a client's condition is met by what is stored.
//
// "the cache SHOULD evaluate any applicable conditional header field preconditions
// received in that request with respect to the corresponding validators contained
// within the stored response."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-2
//
// "If the field value is a list of entity tags, the condition is false if one of
// the listed tags matches the entity tag of the selected representation."
// https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2-10.2
func notModified(q *query, r *Record) bool {
	if tags := q.header["If-None-Match"]; len(tags) > 0 {
		list := strings.Join(tags, ", ")
		return strings.Trim(list, " \t") == "*" || hasTag(list, r.read().etag)
	}
	// "If a request contains an If-Modified-Since header field and the Last-Modified
	// header field is not present in a stored response, a cache SHOULD use the stored
	// response's Date field value (or, if no Date field is present, the time that the
	// stored response was received) to evaluate the conditional." What is stored has
	// a Date always. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-7
	//
	// "A recipient MUST ignore the If-Modified-Since header field if the received
	// field value is not a valid HTTP-date, the field value has more than one member,
	// or if the request method is neither GET nor HEAD."
	// https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3-6
	lines := q.header["If-Modified-Since"]
	if len(lines) != 1 {
		return false
	}
	since, err := parseDate(lines[0])
	if err != nil {
		return false
	}
	when := r.read().lastModified
	if when == "" {
		when = r.Header.Get("Date")
	}
	at, err := parseDate(when)
	return err == nil && !at.After(since)
}

// hasTag tells whether a list of entity tags has one, by weak comparison.
func hasTag(list, tag string) bool {
	if tag == "" {
		return false
	}
	for more := true; more; {
		var member string
		member, list, more = cutMember(list)
		if sameTag(strings.Trim(member, " \t"), tag) {
			return true
		}
	}
	return false
}

// sameTag compares entity tags weakly: "two entity tags are equivalent if their
// opaque-tags match character-by-character, regardless of either or both being
// tagged as "weak"." https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2-2.4
func sameTag(a, b string) bool { return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/") }

// sameTagStrongly compares entity tags strongly.
func sameTagStrongly(a, b string) bool { return a == b && a != "" && !strings.HasPrefix(a, "W/") }

// freshenByHead updates what is stored by the response to a HEAD.
//
// "For each of the stored responses that could have been chosen, if the stored
// response and HEAD response have matching values for any received validator
// fields (ETag and Last-Modified) and, if the HEAD response has a Content-Length
// header field, the value of Content-Length matches that of the stored response,
// the cache SHOULD update the stored response ... otherwise, the cache SHOULD
// consider the stored response to be stale."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5-3
func (c *Cache) freshenByHead(q *query, header http.Header, requested, received time.Time) {
	records, err := c.store.Load(q.key)
	c.report(err)
	if len(records) == 0 || q.has(noStore) {
		return
	}
	c.report(c.change(q.key, func(records []*Record) []*Record {
		kept := make([]*Record, 0, len(records))
		for _, r := range records {
			if r.Status != http.StatusOK || selection(q.header, r.Vary) != r.Selected {
				kept = append(kept, r)
				continue
			}
			next := c.updated(r, q.header, header, requested, received)
			if matchesHead(r, header) && c.permitted(next.Status, next.rules) {
				kept = append(kept, next)
			}
		}
		return kept
	}))
}

func matchesHead(r *Record, header http.Header) bool {
	for _, name := range []string{"Etag", "Last-Modified"} {
		if got := header[name]; len(got) > 0 && !slices.Equal(got, r.Header[name]) {
			return false
		}
	}
	n := entityLength(header)
	return n < 0 || n == r.BodyBytes
}
