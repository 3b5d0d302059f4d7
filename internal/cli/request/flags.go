// Package request turns the flags of the command line into a request and the
// TLS policy to send it under.
package request

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp"
)

// Flags are the flags that describe a request. The zero value is a GET without
// a body. It is filled in by the flag set and is not safe for concurrent use.
type Flags struct {
	Method    string
	Header    []string // "Name: value", "Name:" to remove, "Name;" for an empty one
	Query     []string // "name=value"
	Data      string   // text, "@FILE" or "@-"
	JSON      string   // likewise
	Form      []string // "name=value"
	UserAgent string
	Head      bool
}

// Register adds the flags to set.
func (f *Flags) Register(set *pflag.FlagSet) {
	set.StringVarP(&f.Method, "request", "X", "", "`method`; GET, or POST when there is a body, unless set")
	set.StringArrayVarP(&f.Header, "header", "H", nil, "header `field` \"Name: value\"; \"Name:\" leaves a default one out, \"Name;\" sends it empty; repeatable")
	set.StringArrayVar(&f.Query, "query", nil, "`name=value` to add to the URL's query; repeatable")
	set.StringVarP(&f.Data, "data", "d", "", "`body` as it is, or @FILE, or @- for stdin; a text is sent as a form like curl's unless -H says otherwise")
	set.StringVar(&f.JSON, "json", "", "JSON `body`, or @FILE, or @- for stdin")
	set.StringArrayVar(&f.Form, "form", nil, "form field `name=value`, or name=@FILE to send a file as multipart; repeatable")
	set.StringVarP(&f.UserAgent, "user-agent", "A", "", "User-Agent to `name` oneself by")
	set.BoolVarP(&f.Head, "head", "I", false, "ask for the head only (HEAD) and print it")
}

// Conflict is the error of flags that exclude each other.
type Conflict string

// Error says which.
func (c Conflict) Error() string { return string(c) }

// Build gives the request for target. Stdin is read for "@-".
func (f *Flags) Build(target string, in Input) (aiohttp.Request, error) {
	// The session's defaults are named here, so that --verbose can show them.
	req := aiohttp.Request{Method: f.Method, Header: http.Header{
		"User-Agent": {"aiohttp-go/" + aiohttp.Version}, "Accept": {"*/*"}}}
	var err error
	if req.URL, err = ParseURL(target); err != nil {
		return req, err
	}
	if req.Query, err = pairs("--query", f.Query); err != nil {
		return req, err
	}
	if f.UserAgent != "" {
		req.Header.Set("User-Agent", f.UserAgent)
	}
	hasBody, err := f.body(&req, in)
	if err != nil {
		return req, err
	}
	own, err := Header(f.Header)
	if err != nil {
		return req, err
	}
	maps.Copy(req.Header, own)
	switch {
	case f.Head && (f.Method != "" || hasBody):
		return req, Conflict("--head excludes -X and bodies")
	case f.Head:
		req.Method = http.MethodHead
	case req.Method == "" && hasBody:
		req.Method = http.MethodPost
	case req.Method == "":
		req.Method = http.MethodGet
	}
	return req, nil
}

// Header reads the values of -H: "Name: value", "Name:" to leave a default field
// out, "Name;" for an empty one.
func Header(fields []string) (http.Header, error) {
	h := http.Header{}
	for _, field := range fields {
		if err := addField(h, field); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// addField reads one -H into h.
func addField(h http.Header, field string) error {
	name, value, ok := strings.Cut(field, ":")
	if !ok {
		name, ok = strings.CutSuffix(field, ";")
	} else if value = strings.TrimSpace(value); value == "" {
		h[http.CanonicalHeaderKey(strings.TrimSpace(name))] = nil
		return nil
	}
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return fmt.Errorf("-H %q: want \"Name: value\"", field)
	}
	h.Add(name, value)
	return nil
}

// pairs reads name=value arguments.
func pairs(flag string, args []string) (url.Values, error) {
	if len(args) == 0 {
		return nil, nil
	}
	values := url.Values{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%s %q: want name=value", flag, arg)
		}
		values.Add(name, value)
	}
	return values, nil
}
