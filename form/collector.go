package form

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// collector takes the parts of a form.
type collector struct {
	opts   ReadOptions
	limits Limits
	values url.Values
	texts  []text // in their order, until all of the form was read
	files  map[string][]*File

	forValues, forFiles budget
	spill               *spill
}

// text is the value of a field before its charset is known for sure.
type text struct {
	name, charset string
	content       []byte
}

func newCollector(opts ReadOptions) *collector {
	limits := opts.Limits.resolve()
	room := budget{left: limits.MaxMemoryBytes, most: limits.MaxMemoryBytes}
	return &collector{
		opts: opts, limits: limits,
		values: url.Values{}, files: map[string][]*File{},
		forValues: room, forFiles: room,
		spill: &spill{dir: opts.Dir},
	}
}

// collect takes all parts of r. Those without a name are for the field outer.
func (c *collector) collect(r *Reader, outer string) error {
	for p, err := range r.Parts() {
		if err != nil {
			return err
		}
		name := p.Name()
		if _, named := p.Disposition.Params["name"]; !named {
			if r.depth == 1 {
				return fmt.Errorf("reading form: %w", malformed("part without a name"))
			}
			name = outer
		}
		if err := c.take(p, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) take(p *PartReader, name string) error {
	switch {
	case p.IsMultipart() && !p.IsFile():
		nested, err := p.Multipart()
		if err != nil {
			return err
		}
		return c.collect(nested, name)
	case p.IsFile() && c.opts.OnFile != nil:
		return c.opts.OnFile(p)
	}
	if err := c.forValues.take(len(name) + entryBytes); err != nil {
		return fmt.Errorf("reading form: %w", err)
	}
	if p.IsFile() {
		return c.file(p, name)
	}
	content, err := p.bytes(c.forValues.left)
	if err != nil {
		return err
	}
	c.forValues.left -= int64(len(content))
	// A clone, since the buffer it was read into is larger than it.
	c.texts = append(c.texts, text{name, p.Charset(), bytes.Clone(content)})
	return nil
}

// file keeps a file in memory while there is room, else in the spill.
func (c *collector) file(p *PartReader, name string) error {
	f := &File{FileName: p.FileName(), ContentType: p.ContentType(), Header: p.Header}
	described := fileBytes
	for key, values := range p.Header {
		for _, value := range values {
			described += len(key) + len(value)
		}
	}
	if err := c.forValues.take(described); err != nil {
		return fmt.Errorf("reading form: %w", err)
	}
	var start bytes.Buffer
	n, err := io.Copy(&start, io.LimitReader(onlyReader{p}, c.forFiles.left))
	if err != nil {
		return err
	}
	var one [1]byte
	more, err := p.Read(one[:])
	if err != nil && err != io.EOF {
		return err
	}
	if more == 0 && err == io.EOF {
		f.content, f.Size = bytes.Clone(start.Bytes()), n
		c.forFiles.left -= n
	} else {
		rest := io.MultiReader(&start, bytes.NewReader(one[:more]), onlyReader{p})
		f.spill = c.spill
		if f.at, f.Size, err = c.spill.write(rest); err != nil {
			return err
		}
	}
	c.files[name] = append(c.files[name], f)
	return nil
}

// decodeValues decodes the values, when the charset of all is known.
//
// "the value of the default charset for each "text/plain" part without a "charset"
// parameter is the supplied value."
// https://www.rfc-editor.org/rfc/rfc7578#section-4.6
func (c *collector) decodeValues() error {
	standard := ""
	for _, t := range c.texts {
		if t.name == "_charset_" {
			standard = strings.ToLower(string(t.content))
			break
		}
	}
	for _, t := range c.texts {
		charset := t.charset
		if charset == "" {
			charset = standard
		}
		value, err := decodeText(charset, t.content)
		if err != nil && c.opts.DecodeText != nil {
			value, err = c.opts.DecodeText(charset, t.content)
		}
		if err != nil {
			return fmt.Errorf("reading form: field %q: %w", clip(t.name), err)
		}
		c.values[t.name] = append(c.values[t.name], value)
	}
	return nil
}
