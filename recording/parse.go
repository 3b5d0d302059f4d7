package recording

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// parser reads a file line by line.
type parser struct {
	all   []Exchange
	side  byte // '>' in a request, '<' in a response, 0 before the first
	body  *body
	lines int
}

// body is the body that is being read.
type body struct {
	text   strings.Builder
	mark   byte // of its last line, 0 before the first
	base64 bool
}

// lineError is an error and its line; it stands behind the name of the file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("%d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// parse reads a file. Its errors begin with the number of the line.
func parse(text []byte) ([]Exchange, error) {
	p := &parser{}
	for line := range strings.SplitSeq(string(text), "\n") {
		p.lines++
		if err := p.line(strings.TrimSuffix(line, "\r")); err != nil {
			return nil, &lineError{p.lines, err}
		}
	}
	if err := p.end(); err != nil {
		return nil, &lineError{p.lines, err}
	}
	return p.all, nil
}

func (p *parser) line(line string) error {
	switch {
	case p.lines == 1:
		return checkTitle(line)
	case line == "":
		return p.finish()
	case line[0] == '#':
		return nil
	case line[0] != '>' && line[0] != '<':
		return errors.New(`neither a line of a request (">") nor of a response ("<"), nor a comment ("#")`)
	}
	side, mark, text := line[0], byte(markHead), line[1:]
	if text != "" && text[0] != ' ' {
		mark, text = text[0], text[1:]
	}
	if text != "" {
		if text[0] != ' ' {
			return fmt.Errorf("no space behind %q", line[:len(line)-len(text)])
		}
		text = text[1:]
	}
	switch mark {
	case markHead, markHeadEscaped:
		return p.head(side, mark, text)
	case markText, markTextEscaped, markMore, markBase64:
		if side != p.side || p.body == nil {
			return errors.New("a body without a head before it")
		}
		return p.body.add(mark, text)
	}
	return fmt.Errorf("unknown mark %q", mark)
}

func checkTitle(line string) error {
	line = strings.TrimPrefix(line, "\ufeff") // some editors begin a file with it
	switch {
	case line == title:
		return nil
	case strings.HasPrefix(line, "aiohttp recording "):
		return fmt.Errorf("a recording of another version: %q, this is for %q", line, title)
	}
	return fmt.Errorf("no recording: the first line is not %q", title)
}

// head takes a line of a head: the first of a message, or a field.
func (p *parser) head(side, mark byte, text string) error {
	if mark == markHeadEscaped {
		var err error
		if text, err = unescape(text); err != nil {
			return err
		}
	}
	if p.body != nil && side == p.side {
		if p.body.mark != 0 {
			return errors.New("a line of the head behind the body; an empty line parts messages")
		}
		return p.field(text)
	}
	if err := p.finish(); err != nil {
		return err
	}
	if side == '>' {
		return p.request(text)
	}
	return p.response(text)
}

func (p *parser) request(text string) error {
	if p.side == '>' {
		return errors.New("the request before has no response")
	}
	method, address, ok := strings.Cut(text, " ")
	if !ok || !isToken(method) {
		return fmt.Errorf("no request line (METHOD URL): %q", text)
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(address, " \t") {
		return fmt.Errorf("no absolute URL: %q", address)
	}
	p.side, p.body = '>', &body{}
	p.all = append(p.all, Exchange{Request: Request{Method: method, URL: address, Header: http.Header{}}, line: p.lines})
	return nil
}

func (p *parser) response(text string) error {
	if p.side != '>' {
		return errors.New("a response without a request before it")
	}
	code, reason, _ := strings.Cut(text, " ")
	status, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 || status < 200 {
		return fmt.Errorf("no status of a response: %q", code)
	}
	if !isValue(reason) {
		return fmt.Errorf("control character in %q", text)
	}
	p.side, p.body = '<', &body{}
	p.last().Response = Response{Status: status, Reason: reason, Header: http.Header{}}
	return nil
}

func (p *parser) last() *Exchange { return &p.all[len(p.all)-1] }

func (p *parser) field(text string) error {
	name, value, ok := strings.Cut(text, ":")
	if !ok || !isToken(name) {
		return fmt.Errorf("no header field (Name: value): %q", text)
	}
	value = strings.Trim(value, " \t")
	if !isValue(value) {
		return fmt.Errorf("control character in the value of %s", name)
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	e := p.last()
	header := e.Request.Header
	if p.side == '<' {
		header = e.Response.Header
	}
	if framing(name, p.side == '<' && e.Request.Method == http.MethodHead) {
		return fmt.Errorf("%s is not recorded: it follows from the body", name)
	}
	header[name] = append(header[name], value)
	return nil
}

// framing reports whether a field says how a message is sent, not what. The
// Content-Length of an answer to HEAD is what it says.
func framing(canonical string, answersHead bool) bool {
	switch canonical {
	case "Content-Length":
		return !answersHead
	case "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Upgrade":
		return true
	}
	return false
}

// finish ends the message that is being read.
func (p *parser) finish() error {
	if p.body == nil {
		return nil
	}
	content, err := p.body.content()
	if err != nil {
		return err
	}
	if e := p.last(); p.side == '<' {
		e.Response.Body = content
	} else {
		e.Request.Body = content
	}
	p.body = nil
	return nil
}

func (p *parser) end() error {
	switch {
	case p.lines == 0:
		return errors.New("empty file")
	case p.side == '>':
		return errors.New("the last request has no response")
	}
	return p.finish()
}

// add takes a line of a body.
func (b *body) add(mark byte, text string) error {
	first := b.mark == 0
	if !first && b.base64 != (mark == markBase64) {
		return errors.New("text and base64 in one body")
	}
	b.base64 = mark == markBase64
	switch mark {
	case markTextEscaped:
		var err error
		if text, err = unescape(text); err != nil {
			return err
		}
	case markMore:
		if b.mark != markText && b.mark != markMore {
			return errors.New("nothing before that could be continued")
		}
	}
	if !first && (mark == markText || mark == markTextEscaped) {
		b.text.WriteByte('\n')
	}
	b.mark = mark
	b.text.WriteString(text)
	return nil
}

func (b *body) content() ([]byte, error) {
	if b.text.Len() == 0 {
		return nil, nil
	}
	if !b.base64 {
		return []byte(b.text.String()), nil
	}
	return base64.StdEncoding.Strict().DecodeString(b.text.String())
}

// unescape undoes escape.
func unescape(text string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		if after == "" {
			return "", errors.New(`"\" at the end of a line`)
		}
		kind, rest := after[0], after[1:]
		switch kind {
		case '\\':
			b.WriteByte('\\')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'x':
			c, err := strconv.ParseUint(rest[:min(2, len(rest))], 16, 8)
			if err != nil || len(rest) < 2 {
				return "", fmt.Errorf(`no two hexadecimal digits behind "\x"`)
			}
			b.WriteByte(byte(c))
			rest = rest[2:]
		default:
			return "", fmt.Errorf(`unknown escape "\%c"`, kind)
		}
		text = rest
	}
}

// isToken reports whether text is a token.
//
// RFC 9110, section 5.6.2: "token = 1*tchar".
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2-2
func isToken(text string) bool {
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return text != ""
}

// isValue reports whether text is free of control characters but for tabs.
func isValue(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
