package sse_test

import (
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/sse"
	"github.com/google/go-cmp/cmp"
)

// FuzzReader compares the parser with a plain reading of the standard, whole and
// octet by octet.
func FuzzReader(f *testing.F) {
	for _, s := range streams {
		if len(s.stream) < 1<<10 { // a long one takes minutes to be minimized
			f.Add(s.stream)
		}
	}
	f.Fuzz(func(t *testing.T, stream string) {
		want := byTheBook(stream)
		for name, src := range map[string]func() *sse.Reader{
			"whole":     func() *sse.Reader { return sse.NewReader(strings.NewReader(stream)) },
			"by-octets": func() *sse.Reader { return sse.NewReader(iotest.OneByteReader(strings.NewReader(stream))) },
		} {
			var got []sse.Event
			in := src()
			for {
				event, err := in.Next()
				if err != nil {
					break
				}
				got = append(got, event)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, of %q (-want +got):\n%s", name, stream, cmp.Diff(want, got))
			}
		}
	})
}

// byTheBook parses a stream that lies in memory, step by step as the standard
// describes it.
func byTheBook(stream string) (events []sse.Event) {
	stream = strings.TrimPrefix(stream, "\ufeff")
	stream = strings.ReplaceAll(strings.ReplaceAll(stream, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(stream, "\n")
	plain := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
	var data, kind, id string
	for _, line := range lines[:len(lines)-1] {
		if line == "" {
			if data != "" {
				event := sse.Event{Type: "message", Data: plain(strings.TrimSuffix(data, "\n")), ID: plain(id)}
				if kind != "" {
					event.Type = plain(kind)
				}
				events = append(events, event)
			}
			data, kind = "", ""
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			kind = value
		case "data":
			data += value + "\n"
		case "id":
			if !strings.Contains(value, "\x00") {
				id = value
			}
		}
	}
	return events
}
