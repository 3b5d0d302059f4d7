package auth

import (
	"errors"
	"fmt"
	"strings"
)

// netrcParser takes a netrc file apart.
type netrcParser struct {
	rest string
	line int
	file *NetrcFile
	at   *login // the entry that is being read; nil in front of the first
	keep func() // puts it where it belongs
}

func (p *netrcParser) parse() error {
	for {
		word, quoted, err := p.word()
		if err != nil {
			return err
		}
		switch {
		case word == "" && !quoted:
			p.finish()
			return nil
		case quoted:
			return errors.New("quoted text where a keyword should be")
		case word[0] == '#':
			p.skipLine()
		case word == "macdef":
			p.skipMacro()
		default:
			if err := p.keyword(word); err != nil {
				return err
			}
		}
	}
}

// keyword takes a keyword with its value.
func (p *netrcParser) keyword(word string) error {
	if word == "default" {
		p.begin(func(l login) {
			if p.file.any == nil {
				p.file.any = &l
			}
		})
		return nil
	}
	switch word {
	case "machine", "login", "user", "password", "account":
	default:
		return errors.New("unknown keyword")
	}
	value, quoted, err := p.word()
	switch {
	case err != nil:
		return err
	case value == "" && !quoted:
		return fmt.Errorf("%s without a value", word)
	case word == "machine":
		host := strings.ToLower(strings.TrimSuffix(value, "."))
		p.begin(func(l login) {
			if _, ok := p.file.machines[host]; !ok && p.file.any == nil {
				p.file.machines[host] = l
			}
		})
		return nil
	case p.at == nil:
		return fmt.Errorf("%s in front of the first machine", word)
	case word == "password":
		p.at.password = value
	case word != "account":
		p.at.user = value
	}
	return nil
}

// begin begins an entry.
func (p *netrcParser) begin(keep func(login)) {
	p.finish()
	entry := &login{}
	p.at, p.keep = entry, func() { keep(*entry) }
}

// finish ends the entry that is being read.
func (p *netrcParser) finish() {
	if p.keep != nil {
		p.keep()
	}
	p.at, p.keep = nil, nil
}

const netrcSpace = " \t\r\n"

// word takes the next word; "" that is not quoted means that there is none.
func (p *netrcParser) word() (word string, quoted bool, err error) {
	for p.rest != "" && strings.IndexByte(netrcSpace, p.rest[0]) >= 0 {
		if p.rest[0] == '\n' {
			p.line++
		}
		p.rest = p.rest[1:]
	}
	if strings.HasPrefix(p.rest, `"`) {
		word, err = p.quoted()
		return word, true, err
	}
	end := strings.IndexAny(p.rest, netrcSpace)
	if end < 0 {
		end = len(p.rest)
	}
	word, p.rest = p.rest[:end], p.rest[end:]
	return word, false, nil
}

// quoted takes a word in quotes, which ends on its line.
func (p *netrcParser) quoted() (string, error) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return b.String(), nil
		case c == '\n':
			return "", errors.New("quote that is not closed")
		case c == '\\' && i+1 < len(p.rest):
			i++
			switch c := p.rest[i]; c {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(c)
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("quote that is not closed")
}

// skipLine passes over the rest of a line.
func (p *netrcParser) skipLine() {
	if end := strings.IndexByte(p.rest, '\n'); end >= 0 {
		p.rest = p.rest[end:]
	} else {
		p.rest = ""
	}
}

// skipMacro passes over the definition of a macro, which ends with an empty line.
func (p *netrcParser) skipMacro() {
	p.skipLine()
	for p.rest != "" {
		p.rest = p.rest[1:] // the end of the line before
		p.line++
		line, _, _ := strings.Cut(p.rest, "\n")
		if strings.TrimRight(line, "\r") == "" {
			return
		}
		p.skipLine()
	}
}
