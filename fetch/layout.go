package fetch

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// A Layout decides the name of the file for an item. It gives an item the same
// name in every run and needs no memory of other items. The zero value is
// [Tree]. It is safe for concurrent use.
type Layout struct {
	name func(*target, *Item) string

	// collides tells that two items may get one name, so that the job has to
	// remember the names that it gave.
	collides bool
}

// Tree lays files out by host and path, in names that are safe on every file
// system:
//
//	https://example.com/a/b.html       example.com/a/b.html
//	https://example.com/a/             example.com/a/index.html
//	https://example.com/a              example.com/a.body
//	http://example.com:8080/a.txt      example.com+8080/a.txt
//	http://example.com/a.txt           example.com+http/a.txt
//	https://example.com/a.jpg?w=100    example.com/a_w=100~v4k3n0pr9ceas.jpg
//	https://example.com/A.html         example.com/a~6lj3qv85joeq0.html
//
// What can be kept is kept; where anything had to change, a hash of the
// original keeps two URLs apart, also where case does not count. Requests to
// one URL that differ in method, header or body get different names. URLs that
// differ in nothing but the fragment or the password share one.
func Tree() Layout {
	return Layout{name: func(t *target, it *Item) string {
		return t.folder() + "/" + t.path(it.variant())
	}}
}

// Flat puts all files in one folder, named by the last part of the URL and a
// hash of the whole of it:
//
//	https://example.com/a/b.html       b~7fjg69qmjpcmu.html
func Flat() Layout {
	return Layout{name: func(t *target, it *Item) string {
		stem, ext := t.lastName()
		if ext == "" {
			ext = bodyExt
		}
		return stem + "~" + t.hash(it.variant()) + ext
	}}
}

// Path gives the name for it, with slashes, relative to the output folder;
// n is the item's number in the job, from 1. It fails if the item's URL is
// invalid or if the name would lead out of the folder.
func (l Layout) Path(n int, it Item) (string, error) {
	u, err := it.parse()
	if err != nil {
		return "", err
	}
	t := newTarget(u, n)
	name, _, err := l.resolve(&t, &it)
	return name, err
}

// resolve gives the name for an item, and whether another one may have it.
func (l Layout) resolve(t *target, it *Item) (name string, collides bool, err error) {
	switch {
	case it.Output != "":
		name, collides = it.Output, true
	case l.name == nil:
		name = Tree().name(t, it)
	default:
		name, collides = l.name(t, it), l.collides
	}
	if collides { // the others are right by construction
		if err := checkPath(name); err != nil {
			return "", false, &inputError{kind: "invalid output name", text: fmt.Sprintf("output %q: %v", shorten(name, 200), err)}
		}
		name = path.Clean(name)
	}
	return name, collides, nil
}

// checkPath refuses a name that leads out of the folder, or that some file
// system would take for another one.
func checkPath(name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("leads out of the output folder")
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "":
			return fmt.Errorf("has an empty part")
		case len(part) > 255:
			return fmt.Errorf("has a part of more than 255 bytes")
		case strings.HasPrefix(part, partFolder):
			return fmt.Errorf("%s is kept for partial files", partFolder)
		case strings.ContainsFunc(part, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*\`, r) }):
			return fmt.Errorf(`has one of <>:"|?*\ or a control character in it`)
		case isReserved(part) || strings.TrimRight(part, ". ") != part && part != ".":
			return fmt.Errorf("%q is no name for a file on Windows", part)
		}
	}
	if path.Clean(name) == "." {
		return fmt.Errorf("names no file")
	}
	return nil
}

// A target is a URL taken apart for naming and for scheduling.
type target struct {
	https bool
	host  string // lower case, without brackets
	port  string // empty for the scheme's own
	user  string
	raw   string // path as it stands in the URL, without the first slash
	query string // with its "?"
	n     int    // number of the item
}

func newTarget(u *url.URL, n int) target {
	t := target{
		https: u.Scheme == "https",
		host:  strings.ToLower(u.Hostname()),
		port:  u.Port(),
		raw:   strings.TrimPrefix(u.EscapedPath(), "/"),
		n:     n,
	}
	if t.https && t.port == "443" || !t.https && t.port == "80" {
		t.port = ""
	}
	if u.User != nil {
		t.user = u.User.Username()
	}
	if u.RawQuery != "" || u.ForceQuery {
		t.query = "?" + u.RawQuery
	}
	return t
}

// key names the server for limits: scheme, host and port.
func (t *target) key() string {
	key := t.host
	if strings.IndexByte(key, ':') >= 0 {
		key = "[" + key + "]"
	}
	if t.port != "" {
		key += ":" + t.port
	}
	if !t.https {
		return "http://" + key
	}
	return "https://" + key
}

// folder names the top folder: the host, then what sets the server apart from
// https on port 443.
func (t *target) folder() string {
	name := t.host
	if t.user != "" {
		name = sanitize(name) + "~" + shortHash("user", t.host, t.user)
	} else if !isSafe(name) || strings.IndexByte(name, '+') >= 0 {
		name = sanitize(name) + "~" + shortHash("host", t.host)
	}
	switch {
	case t.port != "" && t.https:
		name += "+" + t.port + "+https"
	case t.port != "":
		name += "+" + t.port
	case !t.https:
		name += "+http"
	}
	return name
}

// path names the file below the host's folder.
func (t *target) path(variant string) string {
	var b strings.Builder
	b.Grow(len(t.raw) + len(bodyExt))
	rest := t.raw
	for b.Len() <= maxPathBytes {
		part, after, more := strings.Cut(rest, "/")
		if !more {
			b.WriteString(fileName(rest, t.query, variant))
			break
		}
		b.WriteString(folderName(part))
		b.WriteByte('/')
		rest = after
	}
	if b.Len() > maxPathBytes {
		_, ext := t.lastName()
		if ext == "" {
			ext = bodyExt
		}
		return "long~" + shortHash("long", t.raw, t.query, variant) + ext
	}
	return b.String()
}

// lastName gives the last part of the path that is not empty, else the host,
// as a safe stem and an extension. It does not tell URLs apart.
func (t *target) lastName() (stem, ext string) {
	last := strings.TrimRight(t.raw, "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	if last == "" {
		return sanitize(t.host), ""
	}
	ext = extension(last)
	return sanitize(last[:len(last)-len(ext)]), strings.ToLower(ext)
}

// hash identifies the whole request.
func (t *target) hash(variant string) string {
	return shortHash("url", t.key(), t.user, t.raw, t.query, variant)
}
