package cookie

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The first line is what readers of the format know it by.
const (
	netscapeMagic  = "# Netscape HTTP Cookie File"
	httpOnlyPrefix = "#HttpOnly_"
	netscapeFields = 7
)

var errFields = errors.New("not 7 fields parted by tabs")

// WriteNetscape writes all cookies, session cookies included, as cookies.txt: a line
// each of domain, "goes to subdomains", path, Secure, expiry in Unix seconds (0 for a
// session cookie), name and value. HttpOnly is the prefix "#HttpOnly_".
//
// The format has no place for SameSite, Partitioned and fractions of a second, and a
// cookie with a tab in its name or path is left out.
func (j *Jar) WriteNetscape(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString(netscapeMagic + "\n\n") // errors stay with b until Flush
	for c := range j.All() {
		if strings.IndexByte(c.Name, '\t') < 0 && strings.IndexByte(c.Path, '\t') < 0 {
			b.Write(appendNetscape(b.AvailableBuffer(), &c))
		}
	}
	return b.Flush()
}

func appendNetscape(dst []byte, c *Cookie) []byte {
	if c.HttpOnly {
		dst = append(dst, httpOnlyPrefix...)
	}
	if !c.HostOnly {
		dst = append(dst, '.')
	}
	expires := int64(0)
	if !c.Expires.IsZero() {
		expires = c.Expires.Unix()
	}
	dst = append(dst, c.Domain...)
	dst = append(dst, '\t')
	dst = appendFlag(dst, !c.HostOnly)
	dst = append(dst, c.Path...)
	dst = append(dst, '\t')
	dst = appendFlag(dst, c.Secure)
	dst = strconv.AppendInt(dst, expires, 10)
	dst = append(dst, '\t')
	dst = append(dst, c.Name...)
	dst = append(dst, '\t')
	dst = append(dst, c.Value...)
	return append(dst, '\n')
}

func appendFlag(dst []byte, set bool) []byte {
	if set {
		return append(dst, "TRUE\t"...)
	}
	return append(dst, "FALSE\t"...)
}

// ReadNetscape adds the cookies of a cookies.txt; one of the same identity is
// replaced. Expired ones are left out. Such files come from many programs: a cookie
// that the jar would not have accepted is refused ([Options.OnReject]) without harm
// to the others. A line that is not of the format is an error, as is more than 64 MiB,
// and then no cookie is added.
func (j *Jar) ReadNetscape(r io.Reader) error { return readError(j.readNetscape(r)) }

func (j *Jar) readNetscape(r io.Reader) error {
	lines := bufio.NewScanner(bounded(r))
	lines.Buffer(nil, maxFileBytes)
	now := j.now()
	var cookies []Cookie
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		line, httpOnly := strings.CutPrefix(line, httpOnlyPrefix)
		if strings.TrimSpace(line) == "" || !httpOnly && line[0] == '#' {
			continue
		}
		c, err := parseNetscape(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		c.HttpOnly = httpOnly
		cookies = append(cookies, c)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	for _, c := range cookies {
		stored, err := j.normalize(c, now)
		if err != nil {
			j.reject(nil, c.Name, err)
			continue
		}
		j.restore(stored, now)
	}
	return nil
}

// parseNetscape reads one line. Six fields are a cookie whose empty value, and the tab
// before it, an editor has cut off.
func parseNetscape(line string) (Cookie, error) {
	f := strings.SplitN(line, "\t", netscapeFields)
	if len(f) == netscapeFields-1 {
		f = append(f, "")
	}
	if len(f) != netscapeFields {
		return Cookie{}, errFields
	}
	subdomains, err := parseFlag(f[1])
	if err != nil {
		return Cookie{}, err
	}
	secure, err := parseFlag(f[3])
	if err != nil {
		return Cookie{}, err
	}
	// Browser extensions write fractions.
	seconds, _, _ := strings.Cut(f[4], ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return Cookie{}, errors.New("expiry is not a number")
	}
	c := Cookie{
		Domain: strings.TrimPrefix(f[0], "."), HostOnly: !subdomains,
		Path: f[2], Secure: secure, Name: f[5], Value: f[6],
	}
	if unix != 0 {
		c.Expires = unixTime(unix)
	}
	return c, nil
}

// unixTime keeps far years from wrapping around: beyond the limit of a cookie's age
// they all mean the same.
func unixTime(seconds int64) time.Time {
	const year9999 = 253402300799
	return time.Unix(min(max(seconds, 1), year9999), 0)
}

func parseFlag(s string) (bool, error) {
	switch {
	case equalFold(s, "true"):
		return true, nil
	case equalFold(s, "false"):
		return false, nil
	}
	return false, errors.New("flag is neither TRUE nor FALSE")
}

// isNetscape tells whether data begins as a cookies.txt does.
func isNetscape(data []byte) bool {
	return bytes.HasPrefix(data, []byte("# ")) || bytes.HasPrefix(data, []byte(httpOnlyPrefix))
}
