package fetch

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Names of files and folders are made so that no two URLs can share one, on any
// file system, without a memory of what was named before:
//
//   - A part of a URL that is safe everywhere is its own name. Safe are the lower
//     case letters (upper case could meet lower case on macOS and Windows), the
//     digits and "._-+=,@", not too long, not a name that Windows reserves.
//   - Any other part becomes what is safe of it, "~", and a hash of the part as it
//     stands in the URL. No safe part has a "~" in it.
//   - A file always ends in an extension and a folder never does: a file that has
//     none gets ".body", a folder that seems to have one gets "~". So "/a" can
//     be a file beside the folder of "/a/b".

const (
	// maxPartBytes bounds a name made of one part of a URL. File systems allow
	// 255 bytes; the shorter names also fit into Windows' paths of 260.
	maxPartBytes = 80

	// maxPathBytes bounds the whole relative path, so that there is room for
	// the output folder before it in Windows' 260.
	maxPathBytes = 180

	// hashChars is the length of a hash in a name: 64 bits, 5 in a character.
	hashChars = 13

	bodyExt   = ".body"
	indexFile = "index.html"
)

var hashEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// shortHash gives the first 64 bits of the SHA-256 of the parts, each ended by
// a NUL, which no URL holds.
func shortHash(parts ...string) string {
	var tmp [256]byte
	buf := tmp[:0]
	for _, p := range parts {
		buf = append(append(buf, p...), 0)
	}
	sum := sha256.Sum256(buf)
	var out [hashChars]byte
	hashEncoding.Encode(out[:], sum[:8])
	return string(out[:])
}

// fileName names the file of a path's last part, with the query ("?" included)
// and what else tells the request apart.
func fileName(last, query, variant string) string {
	if last == "" && query == "" && variant == "" {
		return indexFile
	}
	ext := extension(last)
	if query == "" && variant == "" && isSafe(last) && last != indexFile && ext != bodyExt {
		if ext == "" {
			return last + bodyExt
		}
		return last
	}
	stem := last[:len(last)-len(ext)]
	switch {
	case last == "":
		stem, ext = "index", ".html"
	case ext == "":
		ext = bodyExt
	}
	return sanitize(stem+query) + "~" + shortHash("file", last, query, variant) + strings.ToLower(ext)
}

// folderName names the folder of one part of a path.
func folderName(part string) string {
	switch {
	case !isSafe(part):
		return sanitize(part) + "~" + shortHash("folder", part)
	case extension(part) != "":
		return part + "~"
	}
	return part
}

// extension gives what looks like an extension at the end of s, dot included:
// up to eight letters and digits, at least one of them a letter, so that
// "3.12" has none and "a.7z" has. Something must stand before it.
func extension(s string) string {
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 || len(s)-dot < 2 || len(s)-dot > 9 {
		return ""
	}
	letter := false
	for i := dot + 1; i < len(s); i++ {
		switch c := s[i] | 0x20; {
		case c >= 'a' && c <= 'z':
			letter = true
		case s[i] < '0' || s[i] > '9':
			return ""
		}
	}
	if !letter {
		return ""
	}
	return s[dot:]
}

// isSafe reports whether s can be a name as it is.
func isSafe(s string) bool {
	if s == "" || len(s) > maxPartBytes || s[0] == '.' || s[0] == '-' || s[len(s)-1] == '.' {
		return false
	}
	for i := range len(s) {
		if !safeByte(s[i]) {
			return false
		}
	}
	return !isReserved(s)
}

func safeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("._-+=,@", c) >= 0
}

// isReserved reports whether Windows takes s for a device, whatever its
// extension and case.
// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions
func isReserved(s string) bool {
	s, _, _ = strings.Cut(s, ".")
	switch s = strings.ToLower(strings.TrimRight(s, " ")); s {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	return len(s) == 4 && (s[:3] == "com" || s[:3] == "lpt") && s[3] >= '0' && s[3] <= '9'
}

// sanitize gives what is safe of s: a run of anything else becomes "_". The
// result is never empty, begins a name safely, and is no reserved name.
func sanitize(s string) string {
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < maxPartBytes-hashChars-12; i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		switch {
		case safeByte(c) && !(b.Len() == 0 && (c == '.' || c == '-')):
			b.WriteByte(c)
		case b.Len() == 0 || b.String()[b.Len()-1] != '_':
			b.WriteByte('_')
		}
	}
	out := strings.TrimRight(b.String(), ".")
	if out == "" || isReserved(out) {
		out = "_" + out
	}
	return out
}
