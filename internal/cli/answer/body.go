// Package answer prints a response: its head, its body, or all of it as JSON.
//
// A body is pretty-printed only when it is JSON of at most a few MiB; anything
// else is passed through as it comes.
package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/tidwall/pretty"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
)

// ErrBinary is returned for a body that would garble the terminal.
var ErrBinary = errors.New("the body is binary and not written to the terminal")

// maxPretty bounds the JSON that is held in memory to be pretty-printed. A
// person does not read more of it on a screen.
const maxPretty = 4 << 20

// Body writes the body of resp to s and closes it. A person gets JSON indented
// and in colours, and no binary data unless raw is set; a pipe gets the bytes.
func Body(s *tty.Screen, resp *aiohttp.Response, raw bool) error {
	defer resp.Close()
	person := s.Terminal && !raw
	if !person && !s.Color {
		_, err := resp.WriteTo(s.Writer)
		return err
	}
	out := &textWriter{w: s.Writer, checked: !person}
	if isJSON(resp.Header("Content-Type")) {
		return prettyBody(s, out, resp)
	}
	if _, err := io.Copy(out, resp); err != nil {
		return err
	}
	return out.end()
}

func prettyBody(s *tty.Screen, out *textWriter, resp *aiohttp.Response) error {
	head, err := io.ReadAll(io.LimitReader(resp, maxPretty+1))
	if err == nil && len(head) <= maxPretty && json.Valid(head) {
		return writePretty(s, head)
	}
	if _, werr := out.Write(head); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, resp); err != nil {
		return err
	}
	return out.end()
}

func writePretty(s *tty.Screen, text []byte) error {
	text = pretty.PrettyOptions(text, &pretty.Options{Width: 80, Indent: "  "})
	if s.Color {
		text = pretty.Color(text, jsonStyle())
	}
	_, err := s.Write(text)
	return err
}

// jsonStyle uses the colours of package tty, which suit dark and light ground.
func jsonStyle() *pretty.Style {
	pair := func(style tty.Style) [2]string { return [2]string{"\x1b[" + string(style) + "m", "\x1b[0m"} }
	return &pretty.Style{
		Key: pair(tty.Blue), String: pair(tty.Green), Number: pair(tty.Cyan),
		True: pair(tty.Violet), False: pair(tty.Violet), Null: pair(tty.Dim),
		Append: func(dst []byte, c byte) []byte { return append(dst, c) },
	}
}

// isJSON holds for application/json and the media types that are JSON by their
// suffix: https://www.rfc-editor.org/rfc/rfc6839#section-3.1
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// textWriter refuses a body with a NUL byte in it, which no text has, and
// remembers how it ended.
type textWriter struct {
	w       io.Writer
	checked bool // nothing is to be refused
	last    byte
}

func (t *textWriter) Write(p []byte) (int, error) {
	if !t.checked && bytes.IndexByte(p, 0) >= 0 {
		return 0, ErrBinary
	}
	if len(p) > 0 {
		t.last = p[len(p)-1]
	}
	return t.w.Write(p)
}

// end completes the last line, so that the prompt begins on a new one.
func (t *textWriter) end() error {
	if t.last == 0 || t.last == '\n' || t.checked {
		return nil
	}
	_, err := io.WriteString(t.w, "\n")
	return err
}
