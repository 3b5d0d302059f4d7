package play

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

// differs tells how an answer differs from what must be read of it; "" if it
// does not. A body that was not to be read whole is not looked at.
func differs(e *exchange, want *vector.Parsed, partly bool) string {
	if want == nil {
		return ""
	}
	switch {
	case e.resp.StatusCode != want.Status:
		return fmt.Sprintf("status %d, want %d", e.resp.StatusCode, want.Status)
	case !partly && want.Body != nil && !bytes.Equal(e.body, want.Body):
		return fmt.Sprintf("body %.60q, want %.60q", e.body, want.Body)
	case !partly && want.BodyLen != nil && e.bodyLen != int64(*want.BodyLen):
		return fmt.Sprintf("body of %d octets, want %d", e.bodyLen, *want.BodyLen)
	case want.Interim != nil && !slices.Equal(e.interim, want.Interim):
		return fmt.Sprintf("interim responses %v, want %v", e.interim, want.Interim)
	}
	for _, name := range want.HeadersAbsent {
		if values := fieldValues(e.resp.Header, name); values != nil {
			return fmt.Sprintf("field %s = %q must be absent", name, values)
		}
	}
	return fieldsDiffer(e.resp.Header, want.Headers)
}

func fieldsDiffer(h http.Header, want [][2]string) string {
	for _, field := range want {
		var values []string
		for _, other := range want {
			if strings.EqualFold(other[0], field[0]) {
				values = append(values, vector.Octets(other[1]))
			}
		}
		if got := fieldValues(h, field[0]); !sameValues(field[0], got, values) {
			return fmt.Sprintf("field %s = %q, want %q", field[0], got, values)
		}
	}
	return ""
}

// fieldValues gives the values of a field, whatever the case of its key.
func fieldValues(h http.Header, name string) []string {
	var values []string
	for key, v := range h {
		if strings.EqualFold(key, name) {
			values = append(values, v...)
		}
	}
	return values
}

// sameValues leaves a client the choice to join the values of a field, and to
// make one space of an obsolete line folding.
func sameValues(name string, got, want []string) bool {
	if slices.Equal(got, want) {
		return true
	}
	if len(got) != 1 {
		return false
	}
	if len(want) > 1 {
		return got[0] == strings.Join(want, ", ") && !strings.EqualFold(name, "Set-Cookie")
	}
	return !strings.Contains(want[0], "\t") && strings.Join(strings.Fields(got[0]), " ") == want[0]
}
