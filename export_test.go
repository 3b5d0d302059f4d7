package aiohttp

import (
	"net/url"
	"reflect"
	"slices"
	"unsafe"
)

// PlainParts gives the parts of a URL that the short way takes.
func PlainParts(text string) *url.URL {
	p := place{text: text}
	return p.parseInto(new(url.URL))
}

// A Response fits into the size class of 320 octets: the next one costs a
// tenth more memory for each request.
var _ [320 - unsafe.Sizeof(Response{})]byte

// PlainTarget gives what the short way sends for a URL, when it takes it.
func PlainTarget(text string) (prefix, target string, ok bool) { return plain(text) }

// ParsedTarget gives what package net/url makes of it.
func ParsedTarget(text string) (addr, target string, err error) {
	u, err := parseURL(text)
	if err != nil {
		return "", "", err
	}
	d, err := destinationOf(u)
	if err != nil {
		return "", "", err
	}
	return d.addr, d.target, nil
}

// Leftovers names what used jobs still hold that another request could see, of as many
// as one request may use. It takes the jobs out of use.
func Leftovers() (names []string) {
	for range 3 {
		names = append(names, jobs.Get().(*job).leftovers()...)
	}
	return names
}

func (j *job) leftovers() (names []string) {
	j.head = nil
	for _, part := range []any{j.req, j.hop, j.again, j.plain, j.sent, j.handle, j.tracer} {
		v := reflect.ValueOf(part)
		if v.IsValid() && v.Kind() == reflect.Struct {
			names = append(names, notZero(v)...)
		} else if v.IsValid() && !v.IsZero() {
			names = append(names, v.Type().String())
		}
	}
	call := reflect.ValueOf(&j.call).Elem()
	names = append(names, notZero(call.FieldByName("run"), "joint", "own", "head")...) // memory, and what is written before it is read
	return append(names, notZero(call, "run")...)
}

// notZero names the fields of a struct, but for some, that are not zero.
func notZero(v reflect.Value, but ...string) (names []string) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; !slices.Contains(but, name) && !v.Field(i).IsZero() {
			names = append(names, v.Type().Name()+"."+name)
		}
	}
	return names
}
