package har

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/secret"
	"github.com/aiohttp-go/aiohttp/internal/text"
)

// capture is what is kept of a body.
type capture struct {
	kept []byte
	size int64 // of all that was shown
}

func (c *capture) add(p []byte, most int) {
	c.size += int64(len(p))
	if most >= 0 {
		p = p[:min(len(p), most-len(c.kept))]
	}
	c.kept = append(c.kept, p...)
}

func (c *capture) whole() bool { return int64(len(c.kept)) == c.size }

// comment tells that not all was kept.
func (c *capture) comment() string {
	if c.whole() {
		return ""
	}
	return fmt.Sprintf("the first %d of %d bytes", len(c.kept), c.size)
}

// decode undoes the codings of what was kept as it was sent, for as much of it as
// there is, and keeps no more of that than before. It reports whether it could.
func (c *capture) decode(codings []string, most int) (capture, bool) {
	var out capture
	r, err := coding.NewReader(bytes.NewReader(c.kept), codings, coding.Limits{})
	if err != nil {
		return out, false
	}
	defer r.Close()
	buf := make([]byte, 32<<10)
	for err == nil {
		var n int
		n, err = r.Read(buf)
		out.add(buf[:n], most)
	}
	if err == io.EOF {
		return out, true
	}
	var bomb *coding.BombError
	return out, !errors.As(err, &bomb) && !c.whole() && out.size > 0
}

// text gives what was kept as text in UTF-8; what is none, in base64.
//
// "Before setting the text field, the HTTP response is decoded (decompressed &
// unchunked), then trans-coded from its original character set into UTF-8."
func (c *capture) text(contentType string) (string, string) {
	media, _, _ := mime.ParseMediaType(contentType)
	declared, name := text.Declared(contentType)
	kept := c.kept
	if cut := uncut(kept); !c.whole() && (declared == nil || name == "utf-8") && utf8.Valid(cut) {
		kept = cut
	}
	if name == "utf-8" && utf8.Valid(kept) {
		return strings.TrimPrefix(string(kept), text.ByteOrderMark), ""
	}
	if declared != nil || textual(media) {
		decoded, err := text.Decode(kept, contentType)
		if !c.whole() { // the cut may go through a character of any charset
			decoded = strings.TrimSuffix(decoded, "\ufffd")
		}
		if err == nil && !strings.Contains(decoded, "\ufffd") {
			return decoded, ""
		}
	}
	if utf8.Valid(kept) {
		return string(kept), ""
	}
	return base64.StdEncoding.EncodeToString(c.kept), "base64"
}

// textual reports whether bodies of a media type are text.
func textual(media string) bool {
	switch media {
	case "application/json", "application/xml", "application/javascript", "application/x-javascript", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

// uncut takes what is left of a character at the end away.
func uncut(p []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax-1, len(p)); i++ {
		if tail := p[len(p)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return p[:len(p)-i]
			}
			break
		}
	}
	return p
}

// masked gives a text without the credentials of forms and of JSON.
func masked(text, contentType string) string {
	media, params, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "application/x-www-form-urlencoded":
		return secret.Query(text)
	case strings.Contains(media, "json"):
		return string(secret.JSON([]byte(text), secret.Member))
	case strings.HasPrefix(media, "multipart/"):
		text, _ = multipart([]byte(text), params["boundary"], true)
	}
	return text
}
