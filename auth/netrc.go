package auth

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// NetrcFile holds the logins of a netrc file. It is not changed after it was read,
// so that it is safe for concurrent use.
type NetrcFile struct {
	machines map[string]login
	any      *login // of "default"; nil when there is none
}

// login is an entry.
type login struct{ user, password string }

// mostNetrcBytes bounds a netrc file: far more than anybody has written by hand.
const mostNetrcBytes = 1 << 20

// ParseNetrc reads a netrc file:
//
//	machine api.example.com
//	login user password "a pass\"word"
//	default login anonymous password guest
//
// The words may stand on any number of lines. One that begins with a double quote
// ends with the next, and may hold spaces, \", \\, \n, \r and \t. Between entries,
// "#" begins a comment. "account" and its value are passed over, and "macdef"
// with all up to the next empty line. Of two entries for a machine the first
// counts, and nothing counts behind "default", as for ftp. Errors name the line,
// and nothing of what stands there.
func ParseNetrc(r io.Reader) (*NetrcFile, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostNetrcBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading netrc: %w", err)
	case len(text) > mostNetrcBytes:
		return nil, errors.New("netrc of more than 1 MiB")
	}
	p := &netrcParser{rest: string(text), line: 1, file: &NetrcFile{machines: map[string]login{}}}
	if err := p.parse(); err != nil {
		return nil, fmt.Errorf("netrc: line %d: %w", p.line, err)
	}
	return p.file, nil
}

// LoadNetrc reads a netrc file from disk. On systems with Unix permissions it
// refuses one that others than its owner can read or write, as Python and ftp do.
func LoadNetrc(name string) (*NetrcFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); runtime.GOOS != "windows" && mode.IsRegular() && mode.Perm()&0o077 != 0 {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w: others can read or change the passwords in it (mode %04o; chmod 600 mends that)", fs.ErrPermission, mode.Perm())}
	}
	file, err := ParseNetrc(f)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return file, nil
}

// findNetrc gives the file that is read by default: $NETRC, else .netrc in the
// home folder, or on Windows _netrc, too. "" means that there is none.
func findNetrc() string {
	if name := os.Getenv("NETRC"); name != "" {
		return name
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	names := []string{".netrc"}
	if runtime.GOOS == "windows" {
		names = []string{"_netrc", ".netrc"}
	}
	for _, name := range names {
		name = filepath.Join(home, name)
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

// Find gives the login for a host name, without a port: its own, or the one of
// "default".
func (f *NetrcFile) Find(host string) (user, password string, ok bool) {
	if l, ok := f.machines[strings.ToLower(strings.TrimSuffix(host, "."))]; ok {
		return l.user, l.password, true
	}
	if f.any != nil {
		return f.any.user, f.any.password, true
	}
	return "", "", false
}

// String tells how much there is, not what.
func (f *NetrcFile) String() string { return fmt.Sprintf("netrc of %d machines", len(f.machines)) }

// GoString does the same.
func (f *NetrcFile) GoString() string { return f.String() }

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
