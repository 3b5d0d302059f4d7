package aiohttp

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/form"
)

// content adds the options for the body, and gives its media type.
func (c *curl) content(req *Request, b *body) (contentType string, err error) {
	c.body = true
	switch {
	case req.File != "":
		c.large = true
		c.add("--data-binary", "@"+curlPath(req.File))
		return fileType(req.File), nil
	case req.Body != nil:
		c.large = true
		c.add("--data-binary", "@-")
		return defaultBodyType, nil
	case req.Multipart != nil:
		return c.form(req.Multipart)
	case len(b.payload) > 0:
		c.payload(b.payload)
	default:
		c.body = false
	}
	return b.contentType, nil
}

// curlPath keeps a file's name from being taken for standard input.
func curlPath(path string) string {
	if path == "-" {
		return "./-"
	}
	return path
}

// mostArgument is how much of a body may stand in the command itself: Linux
// takes 128 KiB an argument, and a person reads less.
const mostArgument = 32 << 10

// payload adds a body from memory.
func (c *curl) payload(content []byte) {
	c.large = len(content) > 1<<10 // as curl had it before 7.75; now it is 1 MiB
	if len(content) <= mostArgument && utf8.Valid(content) && !bytes.ContainsFunc(content, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	}) {
		c.add("--data-raw", string(content))
		return
	}
	c.add("--data-binary", "@-")
	c.piped, c.input = true, content
}

// form adds a form's parts.
func (c *curl) form(f *form.Form) (contentType string, err error) {
	encoded, err := f.Encode()
	if err != nil {
		return "", err
	}
	defer encoded.Close()
	if content, ok := encoded.Bytes(); ok {
		c.payload(content)
		return encoded.ContentType, nil
	}
	c.large, c.parts = true, true
	for p := range f.All() {
		if p.Name == "" || strings.Contains(p.Name, "=") || p.Form != nil || p.Open != nil || p.Reader != nil || len(p.Header) > 0 || f.Subtype != "" || f.Boundary != "" {
			return "", fmt.Errorf("part %q of the form is nothing that curl can be told to send", p.Name)
		}
		switch {
		case p.Path == "" && p.FileName == "" && p.ContentType == "" && p.Bytes == nil:
			c.add("--form-string", p.Name+"="+p.Value)
		case p.Path != "":
			c.add("-F", curlFile(&p))
		default:
			return "", fmt.Errorf("part %q of the form beside files is nothing that curl can be told to send", p.Name)
		}
	}
	return "", nil // curl's own, with its boundary
}

// curlFile gives the value of -F for a file.
func curlFile(p *form.Part) string {
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	contentType := p.ContentType
	if contentType == "" {
		name := p.FileName
		if name == "" {
			name = p.Path
		}
		contentType = fileType(name)
	}
	value := p.Name + "=@" + quote(curlPath(p.Path)) + ";type=" + contentType
	if p.FileName != "" {
		value += ";filename=" + quote(p.FileName)
	}
	return value
}
