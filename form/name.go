package form

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileNameBytes is what most file systems allow (NAME_MAX of Linux, APFS and
// NTFS count alike or allow more).
const maxFileNameBytes = 255

// SafeName makes of a name that somebody else chose one that a file can be given
// in a folder of any file system: one element of a path with no control or
// invisible characters, none that Windows forbids, no dot or space at either end,
// no dash at the beginning, no device of Windows, at most 255 bytes with the
// extension kept.
// It gives "" when nothing is left; different names may become the same.
func SafeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || strings.ContainsRune("<>:\"|?*", r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		// Cf has the marks that turn the direction of writing, by which
		// "gpj.exe" is shown as "exe.jpg".
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, baseName(name))
	name = strings.TrimLeft(strings.Trim(name, " ."), "-. ")
	if isDevice(name) {
		name = "_" + name
	}
	return shorten(name)
}

// baseName gives the last element of a path of any system, without control
// characters; "" when that is no name.
func baseName(path string) string {
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		path = path[i+1:]
	}
	path = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, path)
	if path == "." || path == ".." {
		return ""
	}
	return path
}

// isDevice reports whether Windows takes s for a device, whatever its extension
// and case.
// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions
func isDevice(s string) bool {
	s, _, _ = strings.Cut(s, ".")
	switch s = strings.ToLower(strings.TrimRight(s, " ")); s {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	number, found := strings.CutPrefix(s, "com")
	if !found {
		number, found = strings.CutPrefix(s, "lpt")
	}
	return found && len([]rune(number)) == 1 && strings.Contains("0123456789¹²³", number)
}

// shorten cuts a name to maxFileNameBytes, before its extension.
func shorten(name string) string {
	if len(name) <= maxFileNameBytes {
		return name
	}
	ext := ""
	const maxExt = 32
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= maxExt {
		ext = name[dot:]
	}
	end := maxFileNameBytes - len(ext)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return strings.TrimRight(name[:end], " .") + ext
}
