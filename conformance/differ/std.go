package differ

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Std reads a case with net/http's ReadResponse, and passes over interim
// responses as http.Transport does. The fields come sorted by name, since a map
// has no order, and without those that ReadResponse takes away.
func Std(c Case) Outcome {
	src := bytes.NewReader(c.Wire)
	br := bufio.NewReader(src)
	used := func() int { return len(c.Wire) - src.Len() - br.Buffered() }
	var o Outcome
	var resp *http.Response
	for {
		var err error
		if resp, err = http.ReadResponse(br, &http.Request{Method: c.Method}); err != nil {
			return failed(err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode < 100 || resp.StatusCode == http.StatusSwitchingProtocols {
			break
		}
		o.Interims++
	}
	defer resp.Body.Close()
	o.Status, o.Minor = resp.StatusCode, min(resp.ProtoMinor, 1)
	o.Fields = sorted(resp.Header)
	if o.Switched = switches(c.Method, o.Status); o.Switched {
		o.Used = used()
		return o
	}
	untilClose := resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 && resp.Body != http.NoBody
	var err error
	if o.Body, err = io.ReadAll(resp.Body); err != nil {
		return failed(err)
	}
	o.Trailer = sorted(resp.Trailer)
	o.Used = used()
	o.Persists = !resp.Close && !untilClose
	return o
}

// sorted gives the fields of a map, those of one name in their order.
func sorted(h http.Header) []Field {
	var fields []Field
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fields = append(fields, Field{strings.ToLower(name), value})
		}
	}
	slices.SortStableFunc(fields, byName)
	return fields
}

func byName(a, b Field) int { return strings.Compare(a.Name, b.Name) }
