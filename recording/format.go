package recording

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// title is the first line of a file. Its number changes when older programs would
// misread a file.
const title = "aiohttp recording 1"

// The marks behind the ">" or "<" of a line.
const (
	markHead        = ' '  // a line of the head
	markHeadEscaped = '~'  // the same, with escapes
	markText        = '|'  // a line of the body
	markTextEscaped = '\\' // the same, with escapes
	markMore        = '+'  // the rest of a line
	markBase64      = '='  // octets
)

// longLine is from where on a line of JSON is continued in another.
const longLine = 80

// format writes the file.
func format(exchanges []Exchange) []byte {
	out := []byte(title + "\n")
	for _, e := range exchanges {
		out = append(out, '\n')
		if e.cut {
			out = append(out, "# the response was closed before its end\n"...)
		}
		out = appendHead(out, '>', e.Request.Method+" "+e.Request.URL, e.Request.Header)
		out = appendBody(out, '>', e.Request.Body)
		out = append(out, '\n')
		status := strconv.Itoa(e.Response.Status)
		if e.Response.Reason != "" {
			status += " " + e.Response.Reason
		}
		out = appendHead(out, '<', status, e.Response.Header)
		out = appendBody(out, '<', e.Response.Body)
	}
	return out
}

func appendHead(out []byte, side byte, first string, header http.Header) []byte {
	out = appendLine(out, side, markHead, first)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			line := name + ":"
			if value != "" {
				line += " " + value
			}
			mark := byte(markHead)
			if !plain(line) {
				mark, line = markHeadEscaped, escape(line)
			}
			out = appendLine(out, side, mark, line)
		}
	}
	return out
}

func appendBody(out []byte, side byte, body []byte) []byte {
	if len(body) == 0 {
		return out
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		const octets = 57 // 76 letters, as in mail
		for part := range slices.Chunk(body, octets) {
			out = appendLine(out, side, markBase64, base64.StdEncoding.EncodeToString(part))
		}
		return out
	}
	isJSON := body[0] == '{' || body[0] == '['
	for line := range strings.SplitSeq(string(body), "\n") {
		if !plain(line) {
			out = appendLine(out, side, markTextEscaped, escape(line))
			continue
		}
		mark := byte(markText)
		for isJSON && len(line) > longLine {
			n := breakJSON(line)
			out = appendLine(out, side, mark, line[:n])
			if line, mark = line[n:], markMore; line == "" {
				break
			}
		}
		if mark == markText || line != "" {
			out = appendLine(out, side, mark, line)
		}
	}
	return out
}

// breakJSON gives how much of a long line comes first: as far as the comma behind an
// object or array, or any comma when there is none for long. A small change then
// makes a small difference.
func breakJSON(line string) int {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			i = stringEnd(line, i) - 1
		case c == ',' && (i >= longLine || i > 0 && (line[i-1] == '}' || line[i-1] == ']')):
			return i + 1
		}
	}
	return len(line)
}

// stringEnd gives the index behind the JSON string that begins at i.
func stringEnd(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func appendLine(out []byte, side, mark byte, text string) []byte {
	out = append(out, side)
	if mark != markHead {
		out = append(out, mark)
	}
	if text != "" {
		out = append(append(out, ' '), text...)
	}
	return append(out, '\n')
}

// plain reports whether a line can be seen as it is, and survives an editor.
func plain(line string) bool {
	if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
		return false
	}
	for _, r := range line {
		if r == utf8.RuneError || r != '\t' && !unicode.IsPrint(r) && r != '\u00a0' && r != '\u3000' {
			return false
		}
	}
	return true
}

// escape writes what plain refuses as escapes.
func escape(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRuneInString(line[i:])
		part := line[i : i+n]
		i += n
		switch {
		case part == `\`:
			b.WriteString(`\\`)
		case part == "\r":
			b.WriteString(`\r`)
		case part == "\t":
			b.WriteString(`\t`)
		case plain(part) && r != utf8.RuneError, part == " " && i < len(line):
			b.WriteString(part)
		default:
			for _, c := range []byte(part) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
	}
	return b.String()
}
