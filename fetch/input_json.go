package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// A jsonLine is a JSON line of a list.
type jsonLine struct {
	URL     string                 `json:"url"`
	Method  string                 `json:"method"`
	Headers map[string]fieldValues `json:"headers"`
	Body    json.RawMessage        `json:"body"`
	Output  string                 `json:"output"`
	SHA256  string                 `json:"sha256"`
	Meta    json.RawMessage        `json:"meta"`

	ignored
}

// ignored are the members of a line of results that say nothing about the
// request.
type ignored struct {
	Line      any `json:"line"`
	FinalURL  any `json:"final_url"`
	Status    any `json:"status"`
	Bytes     any `json:"bytes"`
	File      any `json:"file"`
	Attempts  any `json:"attempts"`
	Skipped   any `json:"skipped"`
	Resumed   any `json:"resumed_bytes"`
	FromCache any `json:"from_cache"`
	Error     any `json:"error"`
	Cause     any `json:"cause"`
	PhasesMS  any `json:"phases_ms"`
	Time      any `json:"time"`
}

// fieldValues is a string or a list of strings.
type fieldValues []string

func (v *fieldValues) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(v))
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("a header must be a string or a list of strings")
	}
	*v = fieldValues{s}
	return nil
}

func invalidJSON(text string) error {
	return &inputError{kind: "invalid JSON", text: "json: " + strings.TrimPrefix(text, "json: ")}
}

func parseJSONLine(line []byte) (Item, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	var l jsonLine
	if err := d.Decode(&l); err != nil {
		return Item{}, invalidJSON(err.Error())
	}
	if rest := line[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return Item{}, invalidJSON(fmt.Sprintf("%q after the object", shorten(string(rest), 40)))
	}
	it := Item{URL: l.URL, Method: l.Method, Output: l.Output, SHA256: l.SHA256, Meta: l.Meta}
	if len(l.Headers) > 0 {
		it.Header = make(http.Header, len(l.Headers))
		for name, values := range l.Headers {
			for _, v := range values {
				it.Header.Add(name, v)
			}
		}
	}
	switch {
	case len(l.Body) == 0 || string(l.Body) == "null":
	case l.Body[0] == '"':
		var s string
		if err := json.Unmarshal(l.Body, &s); err != nil {
			return it, invalidJSON("body: " + err.Error())
		}
		it.Body = []byte(s)
	default:
		it.Body = l.Body
		if it.Header.Get("Content-Type") == "" {
			if it.Header == nil {
				it.Header = make(http.Header, 1)
			}
			it.Header.Set("Content-Type", "application/json")
		}
	}
	_, err := it.target(0)
	return it, err
}
