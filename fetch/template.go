package fetch

import (
	"fmt"
	"strconv"
	"strings"
)

// A field is a part of a template: text, or what stands in braces.
type field struct {
	text  string // literal, when name is empty
	name  string
	width int // of {n}
}

// ParseTemplate makes a layout of a pattern of text and fields:
//
//	{host}   the host's folder, as in Tree
//	{path}   the file below it, folders included, as in Tree
//	{name}   the last part of the URL without its extension
//	{ext}    the extension with its dot, or nothing
//	{hash}   13 characters that stand for the whole request
//	{n}      the item's number in the job, from 1; {n:6} has at least six digits
//	{line}   the item's line in its list, 0 if it has none
//
// A template with {hash}, with {host}/{path}, or with {n} and no other field
// but {ext} gives every item a name of its own. Any other one may give two
// items the same: the job then remembers each name (about 40 bytes an item),
// gives it to the first and refuses it to the second with an error.
func ParseTemplate(template string) (Layout, error) {
	fields, err := parseFields(template)
	if err != nil {
		return Layout{}, fmt.Errorf("template %q: %w", shorten(template, 200), err)
	}
	sample := target{https: true, host: "host", raw: "name.ext", n: 1}
	if err := checkPath(expandFields(fields, &sample, &Item{})); err != nil {
		return Layout{}, fmt.Errorf("template %q: %w", shorten(template, 200), err)
	}
	layout := Layout{name: func(t *target, it *Item) string { return expandFields(fields, t, it) }}
	layout.collides = !tellsApart(fields, template)
	return layout, nil
}

func parseFields(template string) ([]field, error) {
	var fields []field
	for rest := template; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			return append(fields, field{text: rest}), nil
		}
		if rest[open] == '}' {
			return nil, fmt.Errorf("'}' closes nothing")
		}
		if open > 0 {
			fields = append(fields, field{text: rest[:open]})
		}
		end := strings.IndexByte(rest, '}')
		if end < open {
			return nil, fmt.Errorf("'{' is not closed")
		}
		f, err := parseField(rest[open+1 : end])
		if err != nil {
			return nil, err
		}
		fields, rest = append(fields, f), rest[end+1:]
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("is empty")
	}
	return fields, nil
}

func parseField(s string) (field, error) {
	name, width, hasWidth := strings.Cut(s, ":")
	f := field{name: name}
	switch name {
	case "host", "path", "name", "ext", "hash", "line":
	case "n":
		if !hasWidth {
			return f, nil
		}
		var err error
		if f.width, err = strconv.Atoi(width); err != nil || f.width < 1 || f.width > 18 {
			return f, fmt.Errorf("{%s}: the width must be 1 to 18", s)
		}
		return f, nil
	default:
		return f, fmt.Errorf("{%s} is none of {host} {path} {name} {ext} {hash} {n} {line}", shorten(s, 40))
	}
	if hasWidth {
		return f, fmt.Errorf("{%s}: only {n} has a width", s)
	}
	return f, nil
}

// tellsApart reports whether no two items can get one name.
func tellsApart(fields []field, template string) bool {
	if strings.Contains(template, "{host}/{path}") {
		return true
	}
	number := false
	for i, f := range fields {
		switch f.name {
		case "hash":
			return true
		case "n":
			// A digit or another number beside it would make 1 and 1 into 11.
			before := i > 0 && (fields[i-1].name != "" || endsInDigit(fields[i-1].text))
			after := i+1 < len(fields) && fields[i+1].name == "" && isDigit(fields[i+1].text[0])
			if number || before || after {
				return false
			}
			number = true
		case "", "ext":
		default:
			return false
		}
	}
	return number
}

func endsInDigit(s string) bool { return isDigit(s[len(s)-1]) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func expandFields(fields []field, t *target, it *Item) string {
	var b strings.Builder
	for _, f := range fields {
		switch f.name {
		case "":
			b.WriteString(f.text)
		case "host":
			b.WriteString(t.folder())
		case "path":
			b.WriteString(t.path(it.variant()))
		case "name":
			stem, _ := t.lastName()
			b.WriteString(stem)
		case "ext":
			_, ext := t.lastName()
			b.WriteString(ext)
		case "hash":
			b.WriteString(t.hash(it.variant()))
		case "n":
			fmt.Fprintf(&b, "%0*d", f.width, t.n)
		case "line":
			b.WriteString(strconv.Itoa(it.Line))
		}
	}
	return b.String()
}
