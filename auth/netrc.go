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

// GoString gives what String does.
func (f *NetrcFile) GoString() string { return f.String() }
