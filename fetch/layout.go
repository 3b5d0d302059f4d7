package fetch

import (
	"fmt"
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
		b := make([]byte, 0, 256) // on the stack, as names mostly are shorter
		b = append(t.appendFolder(b), '/')
		return string(t.appendPath(b, it.variant()))
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
	t, err := it.target(n)
	if err != nil {
		return "", err
	}
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
