package coding

import (
	"errors"
	"fmt"
	"strings"
)

// Accept is the value of an Accept-Encoding field that asks for all that this
// package decodes. The order is that of browsers, which servers know; it carries no
// preference.
const Accept = "gzip, deflate, br, zstd"

// maxCodings is how many codings may lie on top of each other. Two are seen in the
// wild, from a proxy that compresses what was compressed. Each costs memory of its
// own, and the limit is curl's.
const maxCodings = 5

// ErrUnknown is that a coding is not one of this package's. The body can be handed
// on as it is.
var ErrUnknown = errors.New("unknown content coding")

// Error is that a body is damaged or ends too soon. For the latter,
// errors.Is(err, io.ErrUnexpectedEOF) holds.
type Error struct {
	// Coding is the content coding that could not be undone, such as "gzip".
	Coding string

	// Err is the cause.
	Err error
}

// Error gives "decode gzip: cause".
func (e *Error) Error() string {
	return "decode " + e.Coding + ": " + strings.TrimPrefix(e.Err.Error(), e.Coding+": ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Parse gives the codings that the values of a Content-Encoding field name, in lower
// case and in the order in which they were applied. identity, which is none, is left
// out, and so are empty list elements.
func Parse(values []string) []string {
	var codings []string
	for _, value := range values {
		// "A recipient MUST parse and ignore a reasonable number of empty list
		// elements"
		// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2-1
		for name := range strings.SplitSeq(value, ",") {
			// "All content codings are case-insensitive"
			// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1-3
			name = strings.ToLower(strings.Trim(name, " \t"))
			if name != "" && name != "identity" {
				codings = append(codings, name)
			}
		}
	}
	return codings
}

// canonical gives the name under which a coding is decoded.
func canonical(name string) (string, error) {
	switch name {
	case "gzip", "deflate", "br", "zstd":
		return name, nil
	case "x-gzip":
		// "A recipient SHOULD consider "x-gzip" to be equivalent to "gzip"."
		// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3-1
		return "gzip", nil
	}
	return "", fmt.Errorf("%w %q", ErrUnknown, name)
}
